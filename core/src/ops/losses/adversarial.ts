// The logistic GAN losses, non-saturating for the generator. Goodfellow et al., "Generative adversarial nets", NIPS 2014, section 3,
// https://arxiv.org/abs/1406.2661; logits `[batch, 1]`, averaged over the batch.
import * as tf from "@tensorflow/tfjs";

/** -log D(x) - log(1 - D(G(s, c))). */
export function logisticDiscriminatorLoss(real: tf.Tensor, fake: tf.Tensor): tf.Scalar {
  return tf.add(tf.mean(tf.softplus(tf.neg(real))), tf.mean(tf.softplus(fake))); // softplus(-l) = -log sigmoid(l)
}

/** -log D(G(s, c)). */
export function logisticGeneratorLoss(fake: tf.Tensor): tf.Scalar {
  return tf.mean(tf.softplus(tf.neg(fake)));
}
