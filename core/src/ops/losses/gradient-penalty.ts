// R1, the gradient penalty on real images. Mescheder et al., "Which training methods for GANs do actually converge?", ICML 2018,
// equation 9, https://arxiv.org/abs/1801.04406, without its factor 1/2: a weight of 10 here is StyleGAN's gamma of 20.
import * as tf from "@tensorflow/tfjs";

/** mean_b sum_hwc (dD/dx)^2 for `real` of `[batch, height, width, channels]`; `discriminate` must differentiate twice. */
export function gradientPenalty(discriminate: (x: tf.Tensor4D) => tf.Tensor, real: tf.Tensor4D): tf.Scalar {
  const gradient = tf.grad((x) => tf.sum(discriminate(x as tf.Tensor4D)))(real);
  return tf.div(tf.sum(tf.square(gradient)), real.shape[0]);
}
