// How still the code that is read stands while s changes alone: the share of a reading's variance that is not of s (an intraclass correlation).
import { createStream, defineMetric, defineOptions, IdganError, integerFrom } from "@idgan/core";
import { activeLatents, activityNotes, meanOfActive } from "./active-latents.js";
import { varianceOfColumns } from "./columns.js";
import { openSources, readImages, type Source } from "./source.js";
import { tableOf } from "./source-table.js";

export interface Invariance {
  /** 1 - E_c Var_s(m_i|c) / Var(m_i) of each latent; 1 where the reading never moves. */
  readonly latents: readonly number[];
  /** E_c Var_s(pixel|c) / Var(pixel), summed over pixels: how much of what can be seen is of s. Invariance means little where it is 0. */
  readonly visible: number;
}

/** Readings `[codes * draws, latentDim]`, those of one code one after the other. Variances within a code have draws - 1 for a divisor. */
export function invarianceOf(readings: Float32Array, draws: number, latentDim: number): readonly number[] {
  const total = varianceOfColumns(readings, latentDim);
  const within = withinVariances(readings, draws, latentDim);
  return total.map((variance, latent) => (variance > 0 ? Math.max(0, 1 - within[latent]! / variance) : 1));
}

/** Variance within groups of `draws` rows, mean over groups, for each column. */
function withinVariances(table: Float32Array, draws: number, columns: number): readonly number[] {
  const groups = table.length / columns / draws;
  const sums = new Float64Array(columns);
  for (let group = 0; group < groups; group += 1) {
    const variances = varianceOfColumns(table.subarray(group * draws * columns, (group + 1) * draws * columns), columns);
    for (let column = 0; column < columns; column += 1) sums[column]! += (variances[column]! * draws) / (draws - 1);
  }
  return Array.from(sums, (value) => value / groups);
}

async function measureSource(source: Source, codes: number, draws: number, seed: number, advance: (images: number) => void): Promise<Invariance> {
  const { latentDim } = source.subject;
  const { c } = await source.draw(codes, "invariance");
  const repeated = Float32Array.from({ length: codes * draws * latentDim }, (_, place) => c[Math.floor(place / latentDim / draws) * latentDim + (place % latentDim)]!);
  const s = createStream(seed, "metric/code-invariance/nuisance").normal(0, codes * draws * source.nuisanceDim);
  const moments = pixelMoments(draws);
  const read = await readImages({ ...source, paint: async (nuisance, code) => moments.see(await source.paint(nuisance, code), code.length / latentDim) }, s, repeated, advance);
  return { latents: invarianceOf(read.mean, draws, latentDim), visible: moments.share() };
}

/** Adds up pixels as they come, so that no image is kept. */
function pixelMoments(draws: number) {
  let [all, squares, group]: Float64Array[] = [];
  let [count, within] = [0, 0];
  return {
    see(pixels: Float32Array, images: number): Float32Array {
      const length = pixels.length / images;
      all ??= new Float64Array(length);
      squares ??= new Float64Array(length);
      group ??= new Float64Array(length);
      for (let image = 0; image < images; image += 1) {
        for (let pixel = 0; pixel < length; pixel += 1) {
          const value = pixels[image * length + pixel]!;
          all[pixel]! += value;
          squares[pixel]! += value * value;
          group[pixel]! += value;
          within += value * value;
        }
        count += 1;
        if (count % draws === 0) {
          within -= group.reduce((total, each) => total + (each * each) / draws, 0);
          group.fill(0);
        }
      }
      return pixels;
    },
    share(): number {
      const total = (squares ?? new Float64Array()).reduce((sum, square, pixel) => sum + square / count - (all![pixel]! / count) ** 2, 0);
      return total > 0 ? Math.min(1, Math.max(0, within / ((count / draws) * (draws - 1)) / total)) : 0;
    },
  };
}

export const codeInvariance = defineMetric({
  name: "code-invariance",
  protocol: "idgan",
  doc: "Share of the variance of the code that is read in the generator's images which s does not make; mean over active latents.",
  higherIsBetter: true,
  needs: "generator",
  options: defineOptions({
    codes: { doc: "Codes that are held.", format: integerFrom(2), default: 500 },
    draws: { doc: "Draws of s for each of them.", format: integerFrom(2), default: 8 },
  }),
  async measure(measurement, { codes, draws }) {
    const { latentDim, seed, track } = measurement;
    const [own, ...baselines] = await openSources(measurement);
    if (own.nuisanceDim === 0) {
      throw new IdganError("METRIC_INPUT", `code-invariance@idgan asks what s does to the code, and the generator of ${measurement.name} has no s (gan.nuisanceDim 0). Measure a run with a nuisance variable.`);
    }
    const active = await activeLatents(measurement, seed);
    const rows = [];
    const visible: Record<string, number> = {};
    for (const source of [own, ...baselines.filter(({ nuisanceDim }) => nuisanceDim > 0)]) {
      const found = await track(`invariance of ${source.name}`, codes * draws, (advance) => measureSource(source, codes, draws, seed, advance));
      rows.push({ source, latents: found.latents, value: await meanOfActive(source.subject, seed, found.latents) });
      visible[`${source.name}, pixels`] = found.visible;
    }
    const table = tableOf("share of the reading's variance that s does not make", rows, "Invariance");
    return {
      value: rows[0]?.value ?? 0,
      ...table,
      parts: { ...table.parts, ...visible, active },
      notes: [...(table.notes ?? []), `Of the pixels' variance, s makes ${(100 * (visible["generator, pixels"] ?? 0)).toFixed(1)} %.`, ...activityNotes(active, latentDim)],
    };
  },
});
