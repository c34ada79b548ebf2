import type * as tf from "@tensorflow/tfjs";

/** One named, weighted part of an objective; a stage minimises the sum of `weight * value`. */
export interface LossTerm {
  readonly name: string;
  readonly value: tf.Scalar;
  /** A number is fixed when the step is compiled; a weight that is annealed is a tensor computed from `step`. */
  readonly weight: number | tf.Scalar;
  /** `false` for what is logged and not minimised. Default `true`. */
  readonly minimise?: boolean;
}

/** The name under which the sum of the minimised terms is logged, and which no term may bear. */
export const totalName = "total";
