// A convolution of odd size, zeros outside, that is one with the resampling of its image. https://github.com/NVlabs/stylegan (training/networks_stylegan.py,
// upscale2d_conv2d and conv2d_downscale2d) does the same from 128 pixels on.
import * as tf from "@tensorflow/tfjs";

/** `conv2d` of the image with each pixel repeated to 2x2: `[batch, h, w, in]` to `[batch, 2h, 2w, out]`, by a filter `[size, size, in, out]`. */
export function convDoubled(x: tf.Tensor4D, filter: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width] = x.shape;
  const [, , , outputs] = filter.shape;
  // A transposed convolution writes where a convolution reads, so its filter is the other way round.
  const turned = tf.transpose(tf.reverse(overlapped(filter), [0, 1]), [0, 1, 3, 2]);
  return tf.conv2dTranspose(x, turned, [batch, 2 * height, 2 * width, outputs], 2, "same");
}

/** The mean of each block of 2x2 of `conv2d`: `[batch, 2h, 2w, in]` to `[batch, h, w, out]`, by a filter `[size, size, in, out]`. */
export function convHalved(x: tf.Tensor4D, filter: tf.Tensor4D): tf.Tensor4D {
  return tf.conv2d(x, tf.mul(overlapped(filter), 1 / 4), 2, "same");
}

/** The sum of a filter and the same moved by one pixel down, right and both: one pixel larger. */
function overlapped(filter: tf.Tensor4D): tf.Tensor4D {
  return alongside(alongside(filter, 0), 1);
}

function alongside(filter: tf.Tensor4D, axis: 0 | 1): tf.Tensor4D {
  const padded = (before: number): tf.Tensor4D => tf.pad(filter, filter.shape.map((_, i): [number, number] => (i === axis ? [before, 1 - before] : [0, 0])));
  return tf.add(padded(0), padded(1));
}
