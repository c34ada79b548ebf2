import { convVaeOptions, nonNegative, nullable, positiveInteger, type ConvVaeOptions, type Options } from "@idgan/core";

export interface BetaVaeOptions extends ConvVaeOptions {
  readonly beta: number;
  readonly capacity: number | null;
  readonly capacitySteps: number;
  readonly gamma: number;
}

export const options: Options<BetaVaeOptions> = {
  beta: {
    doc: "Weight of the KL, which is summed over latents, beside a reconstruction summed over pixels (Higgins 2017); 1 is the VAE, official ID-GAN takes 8 for dSprites.",
    format: nonNegative,
    default: 4,
  },
  capacity: {
    doc: "Final capacity C in nats (Burgess 2018 takes 25): gamma * |KL - C| then stands in for beta * KL; null for none.",
    format: nullable(nonNegative),
    default: null,
  },
  capacitySteps: {
    doc: "Updates over which C rises linearly from 0 to `capacity` (Burgess 2018).",
    format: positiveInteger,
    default: 100_000,
  },
  gamma: {
    doc: "Weight of |KL - C| where `capacity` is set (Burgess 2018).",
    format: nonNegative,
    default: 1000,
  },
  ...convVaeOptions,
};
