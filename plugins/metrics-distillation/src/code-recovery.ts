// How well the code that drove an image is read back from it: R² and correlation of c_i and the mean of q(c_i|G(s,c)).
import { defineMetric, defineOptions } from "@idgan/core";
import { activeLatents, activityNotes, meanOfActive } from "./active-latents.js";
import { meanOfColumns } from "./columns.js";
import { images } from "./options.js";
import { readSources } from "./reading.js";
import { tableOf } from "./source-table.js";

export interface Recovery {
  /** 1 - E(c_i - m_i)² / Var(c_i): of the reading as it stands, so that a shift or a scale is a fault; below 0 where the mean of c_i would be the better guess. */
  readonly r2: readonly number[];
  /** Pearson's, which forgives a shift and a scale. */
  readonly correlation: readonly number[];
}

/** Both for each latent, of codes and readings `[n, latentDim]`. A latent that is constant on either side has a correlation of 0, and one whose code is constant an R² of 0. */
export function recover(c: Float32Array, read: Float32Array, latentDim: number): Recovery {
  const rows = c.length / latentDim;
  const average = (term: (place: number) => number) => meanOfColumns(latentDim, rows, term);
  const [codes, readings] = [average((place) => c[place]!), average((place) => read[place]!)];
  const code = (place: number): number => c[place]! - codes[place % latentDim]!;
  const reading = (place: number): number => read[place]! - readings[place % latentDim]!;
  const [cc, rr, cr] = [average((place) => code(place) ** 2), average((place) => reading(place) ** 2), average((place) => code(place) * reading(place))];
  const error = average((place) => (c[place]! - read[place]!) ** 2);
  return {
    r2: error.map((each, latent) => (cc[latent]! > 0 ? 1 - each / cc[latent]! : 0)),
    correlation: cr.map((each, latent) => (cc[latent]! > 0 && rr[latent]! > 0 ? each / Math.sqrt(cc[latent]! * rr[latent]!) : 0)),
  };
}

export const codeRecovery = defineMetric({
  name: "code-recovery",
  protocol: "idgan",
  doc: "Mean R² over active latents of the code that drove the generator and the encoder's mean of its image.",
  higherIsBetter: true,
  needs: "generator",
  options: defineOptions({ images }),
  async measure(measurement, options) {
    const readings = await readSources(measurement, options.images);
    const active = await activeLatents(measurement, measurement.seed);
    const rowsOf = (part: keyof Recovery) =>
      Promise.all(
        readings.map(async ({ source, c, read }) => {
          const latents = recover(c, read.mean, source.subject.latentDim)[part];
          return { source, latents, value: await meanOfActive(source.subject, measurement.seed, latents) };
        }),
      );
    const rows = await rowsOf("r2");
    const correlations = tableOf("correlation of code and reading", await rowsOf("correlation"), "Correlation");
    const table = tableOf("R² of code and reading", rows, "R²");
    return {
      value: rows[0]?.value ?? 0,
      parts: { ...table.parts, ...Object.fromEntries(Object.entries(correlations.parts).map(([name, part]) => [`correlation of ${name}`, part])), active },
      matrices: [...(table.matrices ?? []), ...(correlations.matrices ?? [])],
      notes: [...(table.notes ?? []), ...(correlations.notes ?? []), ...activityNotes(active, measurement.latentDim)],
    };
  },
});
