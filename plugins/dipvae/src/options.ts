import { convVaeOptions, nonNegative, oneOf, type ConvVaeOptions, type Options } from "@idgan/core";

export interface DipVaeOptions extends ConvVaeOptions {
  readonly type: "i" | "ii";
  readonly lambdaOd: number;
  readonly lambdaD: number;
}

export const options: Options<DipVaeOptions> = {
  type: {
    doc: "Whose covariance is drawn to the identity: `i`, the posterior means'; `ii`, the codes', which adds the mean posterior variance (Kumar 2018).",
    format: oneOf("i", "ii"),
    default: "ii",
  },
  lambdaOd: {
    doc: "Weight of the squared covariances of two different latents (Kumar 2018); Locatello 2019 sweeps 1 to 50.",
    format: nonNegative,
    default: 10,
  },
  lambdaD: {
    doc: "Weight of the squared distances of the variances to 1 (Kumar 2018); Locatello 2019 takes 10 lambdaOd for `i`, and lambdaOd for `ii`.",
    format: nonNegative,
    default: 10,
  },
  ...convVaeOptions,
};
