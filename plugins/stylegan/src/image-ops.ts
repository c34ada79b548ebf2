// Operations of both networks on images `[batch, height, width, channels]`. Karras et al., "A style-based generator architecture for generative
// adversarial networks", CVPR 2019, https://arxiv.org/abs/1812.04948; code: https://github.com/NVlabs/stylegan (training/networks_stylegan.py).
import * as tf from "@tensorflow/tfjs";

const epsilon = 1e-8;

/** Leaky ReLU of slope 0.2. */
export function activate<T extends tf.Tensor>(x: T): T {
  return tf.leakyRelu(x, 0.2);
}

/** Each pixel repeated to a block of 2x2. */
export function double(x: tf.Tensor4D): tf.Tensor4D {
  const [, height, width] = x.shape;
  return tf.image.resizeNearestNeighbor(x, [2 * height, 2 * width]);
}

/** The mean of each block of 2x2. */
export function halve(x: tf.Tensor4D): tf.Tensor4D {
  return tf.avgPool(x, 2, 2, "valid");
}

/** Binomial low-pass filter, [1, 2, 1] / 4 along rows and columns, zeros outside. The filter is symmetric, so its gradient is itself. */
export const blur: (x: tf.Tensor4D) => tf.Tensor4D = tf.customGrad((x) => ({
  value: blurAlong(blurAlong(x as tf.Tensor4D, 1), 2),
  gradFunc: (dy: tf.Tensor) => blur(dy as tf.Tensor4D),
})) as (x: tf.Tensor4D) => tf.Tensor4D;

function blurAlong(x: tf.Tensor4D, axis: 1 | 2): tf.Tensor4D {
  const length = x.shape[axis];
  const paddings: [number, number][] = x.shape.map((_, i) => (i === axis ? [1, 1] : [0, 0]));
  const padded = tf.pad(x, paddings);
  const from = (start: number): tf.Tensor4D => tf.slice(padded, x.shape.map((_, i) => (i === axis ? start : 0)), x.shape.map((size, i) => (i === axis ? length : size)));
  return tf.add(tf.mul(x, 0.5), tf.mul(tf.add(from(0), from(2)), 0.25));
}

/** Each channel of each image with mean 0 and variance 1. */
export function instanceNorm(x: tf.Tensor4D): tf.Tensor4D {
  const centred = tf.sub(x, tf.mean(x, [1, 2], true));
  return tf.mul(centred, tf.rsqrt(tf.add(tf.mean(tf.square(centred), [1, 2], true), epsilon)));
}

/** AdaIN (equation 1) with a style `[batch, 2 * channels]`, scales less 1 first and shifts after them. */
export function adaptiveInstanceNorm(x: tf.Tensor4D, style: tf.Tensor2D): tf.Tensor4D {
  const [batch, , , channels] = x.shape;
  const [scale, shift] = tf.split(tf.reshape(style, [batch, 1, 1, 2 * channels]), 2, 3) as [tf.Tensor4D, tf.Tensor4D];
  return tf.add(tf.mul(instanceNorm(x), tf.add(scale, 1)), shift);
}

/** Pixel norm (Karras et al. 2018, section 4.2): the last axis with a mean square of 1. */
export function pixelNorm<T extends tf.Tensor>(x: T): T {
  return tf.mul(x, tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), epsilon)));
}

/** `from` where `share` is 0, `to` where it is 1. */
export function mix<T extends tf.Tensor>(from: T, to: T, share: tf.Tensor): T {
  return tf.add(from, tf.mul(tf.sub(to, from), share));
}

/**
 * Minibatch standard deviation (Karras et al. 2018, section 3): another channel, with the standard deviation of each number over a group of images,
 * averaged. Groups are of images in a row, of `group` or of the largest number below it that divides the batch.
 */
export function withDeviation(x: tf.Tensor4D, group: number): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  let size = Math.min(group, batch);
  while (batch % size !== 0) size -= 1;
  const grouped = tf.reshape(x, [batch / size, size, height * width * channels]);
  const centred = tf.sub(grouped, tf.mean(grouped, 1, true));
  const deviation = tf.mean(tf.sqrt(tf.add(tf.mean(tf.square(centred), 1), epsilon)), 1);
  const channel = tf.tile(tf.reshape(deviation, [batch / size, 1, 1, 1, 1]), [1, size, height, width, 1]);
  return tf.concat([x, tf.reshape(channel, [batch, height, width, 1])], 3);
}
