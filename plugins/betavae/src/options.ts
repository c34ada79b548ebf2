import { nonNegative, nullable, oneOf, positiveInteger, type Options } from "@idgan/core";

export interface BetaVaeOptions {
  readonly beta: number;
  readonly decoder: "bernoulli" | "gaussian";
  readonly capacity: number | null;
  readonly capacitySteps: number;
  readonly gamma: number;
  readonly initialisation: "he" | "official";
}

export const options: Options<BetaVaeOptions> = {
  beta: {
    doc: "Weight of the KL, which is summed over latents, beside a reconstruction summed over pixels (Higgins 2017); 1 is the VAE, official ID-GAN takes 8 for dSprites.",
    format: nonNegative,
    default: 4,
  },
  decoder: {
    doc: "`bernoulli`: cross-entropy of the pixels; `gaussian`: squared error of sigmoid(logits), without a factor 1/2.",
    format: oneOf("bernoulli", "gaussian"),
    default: "bernoulli",
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
  initialisation: {
    doc: "First weights before each ReLU. `he`: N(0, sqrt(2 / fan-in)), He 2015; `official`: N(0, 0.02), with which sprites are learnt only after thousands of updates.",
    format: oneOf("he", "official"),
    default: "he",
  },
};
