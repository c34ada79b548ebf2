// R_ID of ID-GAN, Lee et al., "High-fidelity synthesis with disentangled representation", ECCV 2020, equation 5, https://arxiv.org/abs/2001.04296.
import { defineMetric, defineOptions } from "@idgan/core";
import { meanOfColumns, sum } from "./columns.js";
import { images } from "./options.js";
import { readSources, type Reading } from "./reading.js";
import { tableOf } from "./source-table.js";

/** Added to the variance in the training's loss, and here. */
const epsilon = 1e-8;

/** -log q(c_i|G(s,c)) in nats, mean over images, for each latent. */
export function negativeLogLikelihoods({ c, read, source }: Pick<Reading, "c" | "read"> & { readonly source: { readonly subject: { readonly latentDim: number } } }): readonly number[] {
  const { latentDim } = source.subject;
  return meanOfColumns(latentDim, c.length / latentDim, (place) => {
    const logVar = read.logVar[place]!;
    return 0.5 * (Math.log(2 * Math.PI) + logVar + (c[place]! - read.mean[place]!) ** 2 / (Math.exp(logVar) + epsilon));
  });
}

export const idNll = defineMetric({
  name: "id-nll",
  protocol: "lee2020",
  doc: "R_ID (Lee 2020): -log q(c|G(s,c)) in nats, summed over latents: how unlikely the frozen encoder finds the code that an image was made from.",
  higherIsBetter: false,
  needs: "generator",
  options: defineOptions({ images }),
  async measure(measurement, options) {
    const readings = await readSources(measurement, options.images);
    const rows = readings.map((reading) => {
      const latents = negativeLogLikelihoods(reading);
      return { source: reading.source, latents, value: sum(latents) };
    });
    return { value: rows[0]?.value ?? 0, ...tableOf("-log q(c_i|G(s,c)) in nats", rows, "In nats") };
  },
});
