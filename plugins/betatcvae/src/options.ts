import { convVaeOptions, nonNegative, number, oneOf, type ConvVaeOptions, type Options } from "@idgan/core";

export interface BetaTcVaeOptions extends ConvVaeOptions {
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
  readonly estimator: "weighted" | "stratified";
}

export const options: Options<BetaTcVaeOptions> = {
  alpha: {
    doc: "Weight of the mutual information of image and code, which Chen 2018 leaves at 1.",
    format: number,
    default: 1,
  },
  beta: {
    doc: "Weight of the total correlation; Chen 2018 takes 6 for dSprites, and 1 is the VAE.",
    format: nonNegative,
    default: 6,
  },
  gamma: {
    doc: "Weight of the dimension-wise KL, which Chen 2018 leaves at 1.",
    format: nonNegative,
    default: 1,
  },
  estimator: {
    doc: "How q(z) is estimated from a batch: `weighted` or `stratified` sampling (Chen 2018, appendices C.1 and C.2); both count on the size of the dataset.",
    format: oneOf("weighted", "stratified"),
    default: "weighted",
  },
  ...convVaeOptions,
};
