// The reconstruction losses of the official ID-GAN code, https://github.com/1Konny/idgan (gan_training/dvae/loss.py):
// summed over pixels and channels, averaged over the batch.
import * as tf from "@tensorflow/tfjs";

/** What becomes of the losses of an image's pixels and channels. The batch is averaged in either case. */
export type PixelReduction = "sum" | "mean";

/** -log p(x|c) of a Bernoulli decoder in nats, from logits `[batch, height, width, channels]` and x in [0, 1]. */
export function bernoulliLoss(logits: tf.Tensor4D, x: tf.Tensor4D, reduction: PixelReduction = "sum"): tf.Scalar {
  return reduce(tf.sub(tf.softplus(logits), tf.mul(logits, x)), x, reduction); // -x log sigmoid(l) - (1 - x) log(1 - sigmoid(l))
}

/** Squared error of sigmoid(logits) to x in [0, 1]: no factor 1/2, so a Gaussian decoder of variance 1/2 up to a constant. */
export function gaussianLoss(logits: tf.Tensor4D, x: tf.Tensor4D, reduction: PixelReduction = "sum"): tf.Scalar {
  return reduce(tf.square(tf.sub(tf.sigmoid(logits), x)), x, reduction);
}

function reduce(pixels: tf.Tensor, x: tf.Tensor4D, reduction: PixelReduction): tf.Scalar {
  return tf.div(tf.sum(pixels), reduction === "sum" ? x.shape[0] : x.size);
}
