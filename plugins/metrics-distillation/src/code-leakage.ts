// How much a change of c_i moves what the encoder reads as another c_j: an intervention, where correlations would show what q(c) already has.
import { defineMetric, defineOptions, integerFrom, type ScoreMatrix } from "@idgan/core";
import { activeLatents, activityNotes, meanOfActive } from "./active-latents.js";
import { sum, varianceOfColumns } from "./columns.js";
import { openSources, readImages, type Source } from "./source.js";

/**
 * For each latent i that is changed, the mean squared movement of each reading j over 2 Var(c_j), `[i][j]`. A changed c_i is that of an independent draw, so a
 * generator whose readings are the codes has the identity. 0 where c_j is constant.
 */
export async function movements(source: Source, count: number, advance: (images: number) => void): Promise<readonly (readonly number[])[]> {
  const { subject: { latentDim } } = source;
  // Neighbours in one draw are independent: every second row is changed, the row after it is what it is changed to.
  const { s, c } = await source.draw(2 * count, "leakage");
  const width = source.nuisanceDim;
  const rows = (table: Float32Array, columns: number, first: number) => Float32Array.from({ length: count * columns }, (_, place) => table[(2 * Math.floor(place / columns) + first) * columns + (place % columns)]!);
  const [base, donor, nuisance] = [rows(c, latentDim, 0), rows(c, latentDim, 1), rows(s, width, 0)];
  const variances = varianceOfColumns(c, latentDim);
  const still = await readImages(source, nuisance, base, advance);
  const matrix: (readonly number[])[] = [];
  for (let latent = 0; latent < latentDim; latent += 1) {
    const changed = base.map((value, place) => (place % latentDim === latent ? donor[place]! : value));
    const moved = await readImages(source, nuisance, changed, advance);
    const squares = new Float64Array(latentDim);
    moved.mean.forEach((value, place) => (squares[place % latentDim]! += (value - still.mean[place]!) ** 2));
    matrix.push(Array.from(squares, (square, j) => (variances[j]! > 0 ? square / count / (2 * variances[j]!) : 0)));
  }
  return matrix;
}

/** For each latent the share of all movement that is of other latents; 0 where nothing moves. */
export function leaks(matrix: readonly (readonly number[])[]): readonly number[] {
  return matrix.map((row, latent) => (sum(row) > 0 ? 1 - row[latent]! / sum(row) : 0));
}

export const codeLeakage = defineMetric({
  name: "code-leakage",
  protocol: "idgan",
  doc: "How much of what the encoder sees change in the image is of other latents than the one that was changed; mean over active latents.",
  higherIsBetter: false,
  needs: "generator",
  options: defineOptions({ codes: { doc: "Codes in which each latent is changed once.", format: integerFrom(2), default: 500 } }),
  async measure(measurement, { codes }) {
    const { latentDim, seed, track } = measurement;
    const active = await activeLatents(measurement, seed);
    const sources = await openSources(measurement);
    const matrices: ScoreMatrix[] = [];
    const rows: { readonly name: string; readonly value: number; readonly latents: readonly number[] }[] = [];
    const idle = new Set<number>();
    for (const source of sources) {
      const matrix = await track(`leakage of ${source.name}`, codes * (source.subject.latentDim + 1), (advance) => movements(source, codes, advance));
      const names = matrix.map((_, latent) => `c${latent}`);
      matrices.push({ title: `${source.name}: movement of each reading`, rows: names.map((name) => `${name} changed`), columns: names, values: matrix });
      const latents = leaks(matrix);
      rows.push({ name: source.name, latents, value: await meanOfActive(source.subject, seed, latents) });
      if (source === sources[0]) for (const latent of active) if (sum(matrix[latent] ?? []) === 0) idle.add(latent);
    }
    return {
      value: rows[0]?.value ?? 0,
      parts: { ...Object.fromEntries(rows.flatMap(({ name, value, latents }) => [[name, value], [`${name}, by latent`, latents]])), active },
      matrices,
      notes: [
        `Share that leaks: ${rows.map(({ name, value }) => `${name} ${value.toFixed(3)}`).join("; ")}.`,
        ...activityNotes(active, latentDim),
        ...(idle.size > 0 ? [`Changing ${[...idle].map((latent) => `c${latent}`).join(", ")} moves no reading at all, which counts as no leak.`] : []),
      ],
    };
  },
});
