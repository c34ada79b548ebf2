// beta-VAE. Higgins et al., "beta-VAE: learning basic visual concepts with a constrained variational framework", ICLR 2017, equation 4,
// https://openreview.net/forum?id=Sy2fzU9gl; capacity: Burgess et al., "Understanding disentangling in beta-VAE", 2018, equation 8,
// https://arxiv.org/abs/1804.03599.
import { createConvVae, klDivergence, type LossTerm, type VaeBackbone, type VaeContext } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import type { BetaVaeOptions } from "./options.js";

/** The standard convolutional encoder and decoder, with beta * KL or the capacity term as regularizer. */
export function createBetaVae(options: BetaVaeOptions, context: VaeContext): VaeBackbone {
  const { encoder, decoder, reconstructionTerm, reconstructionConvention } = createConvVae(options, context);
  return {
    encoder,
    decoder,
    // |KL - C| is of the whole batch's KL.
    ...(options.capacity === null && { batchGroup: 1 }),
    lossConvention: `${reconstructionConvention}; KL in nats, summed over latents, averaged over the batch`,
    loss: (step) => [reconstructionTerm(step), ...regularizer(options, klDivergence(step.posterior), step.step)],
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
