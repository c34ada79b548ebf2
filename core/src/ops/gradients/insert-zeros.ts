import * as tf from "@tensorflow/tfjs";

/** `step - 1` zeros between neighbours along an axis: the transpose of taking every `step`-th; n elements become (n - 1) step + 1. */
export function insertZeros(x: tf.Tensor, axis: number, step: number): tf.Tensor {
  const count = x.shape[axis] ?? 1;
  if (step === 1 || count <= 1) return x;
  const outer = x.shape.slice(0, axis);
  const inner = x.shape.slice(axis + 1);
  const rows = tf.util.sizeFromShape(outer);
  const columns = tf.util.sizeFromShape(inner);
  const spaced = tf.pad(tf.reshape(x, [rows, count, 1, columns]), [[0, 0], [0, 0], [0, step - 1], [0, 0]]);
  const length = (count - 1) * step + 1;
  return tf.reshape(tf.slice(tf.reshape(spaced, [rows, count * step, columns]), [0, 0, 0], [rows, length, columns]), [...outer, length, ...inner]);
}
