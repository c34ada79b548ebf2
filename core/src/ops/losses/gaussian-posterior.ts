// The diagonal Gaussian posterior q(c|x). Kingma and Welling, "Auto-encoding variational Bayes", ICLR 2014, section 2.4 and appendix B,
// https://arxiv.org/abs/1312.6114.
import * as tf from "@tensorflow/tfjs";
import type { Posterior } from "../../contract/encoder.js";

/** A sample of q(c|x) from standard normal `eps`: c = mean + exp(logVar / 2) * eps, each `[batch, latentDim]`. */
export function reparameterise({ mean, logVar }: Posterior, eps: tf.Tensor2D): tf.Tensor2D {
  return tf.add(mean, tf.mul(tf.exp(tf.mul(logVar, 0.5)), eps));
}

/** KL(q(c|x) || N(0, I)) in nats, summed over the latents and averaged over the batch. */
export function klDivergence(posterior: Posterior): tf.Scalar {
  return tf.sum(klPerLatent(posterior));
}

/** KL(q(c_j|x) || N(0, 1)) in nats for each latent j, averaged over the batch, `[latentDim]`. */
export function klPerLatent({ mean, logVar }: Posterior): tf.Tensor1D {
  const [batch] = mean.shape;
  const excess = tf.sub(tf.add(tf.square(mean), tf.exp(logVar)), tf.add(logVar, 1));
  return tf.mul(tf.sum(excess, 0), 0.5 / batch); // 1/2 (mean^2 + var - log var - 1)
}
