// DIP-VAE. Kumar, Sattigeri and Balakrishnan, "Variational inference of disentangled latent concepts from unlabeled observations", ICLR 2018,
// equations 6 and 7, https://arxiv.org/abs/1711.00848.
import { createConvVae, declareConstant, IdganError, klDivergence, type Posterior, type VaeBackbone, type VaeContext } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import type { DipVaeOptions } from "./options.js";

/** The standard convolutional VAE whose codes are drawn to a covariance of 1 on the diagonal and 0 beside it. */
export function createDipVae(options: DipVaeOptions, context: VaeContext): VaeBackbone {
  const { encoder, decoder, reconstructionTerm, reconstructionConvention } = createConvVae(options, context);
  return {
    encoder,
    decoder,
    lossConvention: `${reconstructionConvention}; KL in nats, summed over latents, averaged over the batch; squared covariances summed over ordered pairs of latents`,
    loss: (step) => {
      const { offDiagonal, diagonal } = covarianceDistance(step.posterior, options.type);
      return [
        reconstructionTerm(step),
        { name: "kl", value: klDivergence(step.posterior), weight: 1 },
        { name: "dipOd", value: offDiagonal, weight: options.lambdaOd },
        { name: "dipD", value: diagonal, weight: options.lambdaD },
      ];
    },
  };
}

/** How far a covariance lies from the identity. */
export interface CovarianceDistance {
  /** sum_{i != j} Cov_ij^2, each pair twice. */
  readonly offDiagonal: tf.Scalar;
  /** sum_i (Cov_ii - 1)^2 */
  readonly diagonal: tf.Scalar;
}

/**
 * Distance of Cov[mean] (`i`), or of Cov[mean] + E[diag(variance)], which is Cov of c ~ q(c) (`ii`), to the identity, over a batch of at least two;
 * the covariance divides by the batch's size.
 */
export function covarianceDistance({ mean, logVar }: Posterior, type: "i" | "ii"): CovarianceDistance {
  const [batch, latentDim] = mean.shape;
  if (batch < 2) {
    throw new IdganError("BACKBONE_INVALID", "DIP-VAE estimates a covariance, which one image does not have. Set represent.batch to 2 or more.");
  }
  const centred = tf.sub<tf.Tensor2D>(mean, tf.mean(mean, 0, true));
  const covariance = tf.div(tf.matMul(centred, centred, true), batch);
  const spread = tf.mean(tf.square(centred), 0);
  const variances = type === "i" ? spread : tf.add(spread, tf.mean(tf.exp(logVar), 0));
  return {
    offDiagonal: tf.sum(tf.square(tf.mul(covariance, besideDiagonal(latentDim)))),
    diagonal: tf.sum(tf.square(tf.sub(variances, 1))),
  };
}

/** 0 on the diagonal and 1 beside it, `[n, n]`. */
function besideDiagonal(n: number): tf.Tensor2D {
  return declareConstant(tf.tensor2d(Float32Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 0 : 1)), [n, n]));
}
