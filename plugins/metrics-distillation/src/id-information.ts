// The bound that ID-GAN's distillation maximises: I(c; G(s,c)) >= H(q(c)) - R_ID. Lee et al., ECCV 2020, equation 5 (from Barber and Agakov 2003),
// https://arxiv.org/abs/2001.04296. The paper leaves H(q(c)) out, as it is constant in training; here it is estimated, so that the bound is a number of nats.
import { defineMetric, defineOptions, mixtureEntropies, type Codes } from "@idgan/core";
import { sum } from "./columns.js";
import { negativeLogLikelihoods } from "./id-nll.js";
import { jointEntropy } from "./joint-entropy.js";
import { images } from "./options.js";
import { readSources, type Reading } from "./reading.js";
import { tableOf } from "./source-table.js";

/** Of N(0, 1), in nats. */
const normalEntropy = 0.5 * Math.log(2 * Math.PI * Math.E);

interface CodeEntropies {
  /** Of each c_i by itself. */
  readonly latents: readonly number[];
  readonly joint: number;
  readonly error: number;
}

export const idInformation = defineMetric({
  name: "id-information",
  protocol: "lee2020",
  doc: "Lower bound of I(c; G(s,c)) in nats, H(q(c)) - R_ID (Lee 2020): how much of the code can be read in the image, at the least.",
  higherIsBetter: true,
  needs: "generator",
  options: defineOptions({ images }),
  async measure(measurement, options) {
    const readings = await readSources(measurement, options.images);
    const entropies = new Map<string, CodeEntropies>();
    const rows: { readonly source: Reading["source"]; readonly latents: readonly number[]; readonly value: number }[] = [];
    for (const reading of readings) {
      // The decoder is given the generator's codes.
      const key = `${reading.source.subject.name}/${reading.source.code}`;
      const known = entropies.get(key) ?? (await entropiesOf(reading));
      entropies.set(key, known);
      const nll = negativeLogLikelihoods(reading);
      rows.push({ source: reading.source, latents: nll.map((value, latent) => (known.latents[latent] ?? 0) - value), value: known.joint - sum(nll) });
    }
    const [own] = [...entropies.values()];
    const table = tableOf("H(q(c_i)) - E[-log q(c_i|G(s,c))] in nats", rows, "In nats, of c as a whole");
    return {
      ...table,
      value: rows[0]?.value ?? 0,
      parts: { ...table.parts, entropy: own?.joint ?? 0, entropyError: own?.error ?? 0, entropies: own?.latents ?? [] },
      notes: [
        ...(table.notes ?? []),
        `H(q(c)) is ${(own?.joint ?? 0).toFixed(2)} ± ${(own?.error ?? 0).toFixed(2)} nats, estimated from ${options.images} images, which with few images is too low; the latents' own entropies sum to ${sum(own?.latents ?? []).toFixed(2)}.`,
        ...rows.filter(({ value }) => value < 0).map(({ source }) => `The bound of ${source.name} is below 0, and says nothing: the information itself never is.`),
      ],
    };
  },
});

async function entropiesOf({ source: { subject, code }, c, indices }: Reading): Promise<CodeEntropies> {
  const { latentDim } = subject;
  if (code === "prior" || indices === undefined) return { latents: Array.from({ length: latentDim }, () => normalEntropy), joint: latentDim * normalEntropy, error: 0 };
  const posteriors = await subject.encode(indices);
  return { latents: Array.from({ length: latentDim }, (_, latent) => mixtureEntropies(columnOf(posteriors, latent, latentDim), []).all), ...named(jointEntropy(c, posteriors, latentDim)) };
}

function named({ value, error }: { readonly value: number; readonly error: number }): Pick<CodeEntropies, "joint" | "error"> {
  return { joint: value, error };
}

function columnOf({ mean, logVar }: Codes, latent: number, latentDim: number): Codes {
  const column = (table: Float32Array) => Float32Array.from({ length: table.length / latentDim }, (_, row) => table[row * latentDim + latent]!);
  return { mean: column(mean), logVar: column(logVar) };
}
