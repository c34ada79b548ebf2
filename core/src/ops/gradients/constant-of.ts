import * as tf from "@tensorflow/tfjs";

/**
 * What `compute` returns, as a constant for the tape: backpropagation asks no gradient of it.
 * For masks, whose derivative is zero; tfjs would make that zero, as large as the mask, and add it. `compute` must return a new tensor.
 */
export function constantOf(compute: () => tf.Tensor): tf.Tensor {
  return tf.customGrad(() => ({ value: compute(), gradFunc: () => [] }))();
}

/** `x` as a constant for the tape; its values are shared, not copied. */
export function detach(x: tf.Tensor): tf.Tensor {
  return constantOf(() => tf.reshape(x, x.shape));
}
