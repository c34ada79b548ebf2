import type * as tf from "@tensorflow/tfjs";

const declared = new WeakSet<object>();

/**
 * Says that a large tensor made inside a step is meant to be the same in every update, as a matrix that resizes images is;
 * a trace takes any other large constant for data captured by accident.
 */
export function declareConstant<T extends tf.Tensor>(tensor: T): T {
  declared.add(tensor.dataId);
  return tensor;
}

export function isDeclaredConstant(dataId: tf.Tensor["dataId"]): boolean {
  return declared.has(dataId);
}
