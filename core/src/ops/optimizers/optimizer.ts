import type * as tf from "@tensorflow/tfjs";
import type { Weights } from "../../contract/weights.js";

/** How a network is updated. Each optimizer reads its own fields; see the formulas there. */
export interface OptimizerSpec {
  readonly name: "adam" | "rmsprop" | "sgd";
  readonly learningRate: number;
  /** Adam: decay of the mean of the gradient. */
  readonly beta1: number;
  /** Adam: decay of the mean of the squared gradient. */
  readonly beta2: number;
  /** Adam and RMSprop: added to the root, outside of it. */
  readonly epsilon: number;
  /** RMSprop: decay of the mean of the squared gradient. */
  readonly alpha: number;
  /** RMSprop and SGD: 0 for none. */
  readonly momentum: number;
}

/** Updates weights inside a step, and keeps what it remembers of the past in variables. */
export interface Optimizer {
  /** The optimizer's memory under the names of the weights: `conv1/kernel/mean`. Saved with the weights; the caller disposes them. */
  readonly slots: Weights;
  /** Assigns the new weights and slots; `gradients` go by the weights' names. */
  apply(gradients: Readonly<Record<string, tf.Tensor>>, learningRate: tf.Scalar): void;
}
