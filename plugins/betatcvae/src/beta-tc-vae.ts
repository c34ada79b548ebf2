// beta-TCVAE. Chen et al., "Isolating sources of disentanglement in variational autoencoders", NeurIPS 2018, equation 4,
// https://arxiv.org/abs/1802.04942.
import { createConvVae, IdganError, klDivergence, type VaeBackbone, type VaeContext } from "@idgan/core";
import { decompose } from "./decomposition.js";
import type { BetaTcVaeOptions } from "./options.js";

/** The standard convolutional VAE with alpha * MI + beta * TC + gamma * DWKL as regularizer. */
export function createBetaTcVae(options: BetaTcVaeOptions, context: VaeContext): VaeBackbone {
  const { alpha, beta, gamma, estimator } = options;
  const { datasetSize } = context;
  if (!Number.isSafeInteger(datasetSize) || datasetSize < 2) {
    throw new IdganError("BACKBONE_INVALID", `beta-TCVAE needs the number of images that batches are drawn from, and context.datasetSize is ${datasetSize}. Give it a whole number of at least 2.`);
  }
  const { encoder, decoder, reconstructionTerm, reconstructionConvention } = createConvVae(options, context);
  return {
    encoder,
    decoder,
    lossConvention: `${reconstructionConvention}; MI, TC and dimension-wise KL in nats, by minibatch-${estimator} sampling from ${datasetSize} images, averaged over the batch`,
    loss: (step) => {
      const { mi, tc, dwkl } = decompose(step.c, step.posterior, estimator, datasetSize);
      return [
        reconstructionTerm(step),
        { name: "mi", value: mi, weight: alpha },
        { name: "tc", value: tc, weight: beta },
        { name: "dwkl", value: dwkl, weight: gamma },
        { name: "kl", value: klDivergence(step.posterior), weight: 1, minimise: false },
      ];
    },
  };
}
