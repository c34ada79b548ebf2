// beta-VAE. Higgins et al., "beta-VAE: learning basic visual concepts with a constrained variational framework", ICLR 2017, equation 4,
// https://openreview.net/forum?id=Sy2fzU9gl; capacity: Burgess et al., "Understanding disentangling in beta-VAE", 2018, equation 8,
// https://arxiv.org/abs/1804.03599.
import {
  bernoulliLoss,
  createVaeDecoder,
  createVaeEncoder,
  gaussianLoss,
  klDivergence,
  type LossTerm,
  type VaeBackbone,
  type VaeContext,
} from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import type { BetaVaeOptions } from "./options.js";

const reconstructionLosses = { bernoulli: bernoulliLoss, gaussian: gaussianLoss };

/** The standard convolutional encoder and decoder, with beta * KL or the capacity term as regularizer. */
export function createBetaVae(options: BetaVaeOptions, context: VaeContext): VaeBackbone {
  const reconstructionLoss = reconstructionLosses[options.decoder];
  const std = options.initialisation === "he" ? "he" : 0.02;
  return {
    encoder: createVaeEncoder(context, std),
    decoder: createVaeDecoder(context, std),
    loss: ({ step, x, reconstruction, posterior }) => [
      { name: "reconstruction", value: reconstructionLoss(reconstruction, x), weight: 1 },
      ...regularizer(options, klDivergence(posterior), step),
    ],
  };
}

/** beta * KL, or gamma * |KL - C| with C rising from 0 to `capacity` over the first `capacitySteps` updates. */
function regularizer({ beta, capacity, capacitySteps, gamma }: BetaVaeOptions, kl: tf.Scalar, step: tf.Scalar): readonly LossTerm[] {
  if (capacity === null) {
    return [{ name: "kl", value: kl, weight: beta }];
  }
  const target = tf.minimum(tf.mul(step, capacity / capacitySteps), capacity);
  return [
    { name: "kl", value: kl, weight: 1, minimise: false },
    { name: "capacity", value: tf.abs(tf.sub(kl, target)), weight: gamma },
  ];
}
