import { convVaeOptions, nonNegative, oneOf, positiveInteger, type ConvVaeOptions, type Options } from "@idgan/core";

/** Where the codes come from that are permuted, so that they are samples of the product of q(z_j). */
export type PermutedCodes = "second-batch" | "same-batch" | "second-half";

export interface FactorVaeOptions extends ConvVaeOptions {
  readonly gamma: number;
  readonly permutedCodes: PermutedCodes;
  readonly hiddenLayers: number;
  readonly width: number;
}

export const options: Options<FactorVaeOptions> = {
  gamma: {
    doc: "Weight of the total correlation beside a reconstruction summed over pixels (Kim and Mnih 2018, who show 35 for dSprites); 0 is the VAE.",
    format: nonNegative,
    default: 35,
  },
  permutedCodes: {
    doc: "Whose codes are permuted for the discriminator. `second-batch`: those of other images (Kim and Mnih 2018, algorithm 2); `same-batch`: those of the VAE's own batch; `second-half`: the VAE and its TC learn from the batch's first half, and the second half is permuted.",
    format: oneOf("second-batch", "same-batch", "second-half"),
    default: "second-batch",
  },
  hiddenLayers: {
    doc: "Hidden layers of the discriminator, of leaky ReLU 0.2 (Kim and Mnih 2018 take 6).",
    format: positiveInteger,
    default: 6,
  },
  width: {
    doc: "Units of each of its hidden layers (Kim and Mnih 2018 take 1000).",
    format: positiveInteger,
    default: 1000,
  },
  ...convVaeOptions,
};
