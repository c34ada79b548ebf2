import * as tf from "@tensorflow/tfjs";

/** The transpose of broadcasting: `x` summed over the axes along which something of this shape was broadcast. Always a new tensor. */
export function sumTo(x: tf.Tensor, shape: number[]): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes(shape, x.shape);
  return tf.reshape(axes.length > 0 ? tf.sum(x, axes) : x, shape);
}
