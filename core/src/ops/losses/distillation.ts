// ID-GAN's distillation term, -E log q(c | G(s, c)): Lee et al., "High-fidelity synthesis with disentangled representation", ECCV 2020,
// equation 5, https://arxiv.org/abs/2001.04296; constants as in https://github.com/1Konny/idgan (compute_infomax).
import * as tf from "@tensorflow/tfjs";
import type { Posterior } from "../../contract/encoder.js";

/** Keeps the division finite where the encoder is certain. */
const varianceFloor = 1e-8;

/** -log q(c|x) in nats with all constants, summed over the latents and averaged over the batch; c is `[batch, latentDim]`. */
export function negativeLogLikelihood(c: tf.Tensor2D, { mean, logVar }: Posterior): tf.Scalar {
  const [batch, latentDim] = c.shape;
  const distance = tf.div(tf.squaredDifference(c, mean), tf.add(tf.exp(logVar), varianceFloor));
  const constant = 0.5 * latentDim * Math.log(2 * Math.PI);
  return tf.add(tf.mul(tf.sum(tf.add(logVar, distance)), 0.5 / batch), constant);
}
