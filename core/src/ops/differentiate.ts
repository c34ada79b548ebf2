import * as tf from "@tensorflow/tfjs";
import { IdganError } from "../contract/error.js";
import { totalName, type LossTerm } from "../contract/loss-term.js";
import type { Weights } from "../contract/weights.js";
import { total } from "./losses/total.js";

/** What an objective hands over: its terms, and tensors of its forward pass that are wanted afterwards. */
export interface Objective<Kept extends string> {
  readonly terms: readonly LossTerm[];
  readonly keep: Readonly<Record<Kept, tf.Tensor>>;
}

export interface Differentiated<Kept extends string> {
  /** Gradient of the sum of the minimised terms, by the weights' names. */
  readonly gradients: Readonly<Record<string, tf.Tensor>>;
  /** Unweighted value of each term, and `total`. */
  readonly values: Readonly<Record<string, tf.Scalar>>;
  readonly kept: Readonly<Record<Kept, tf.Tensor>>;
}

/**
 * Gradients of an objective with respect to `weights`, with the values of its terms.
 * Runs inside a step's tidy. tfjs disposes everything of the forward pass but the one returned scalar, so terms and kept
 * tensors are carried past it with `keep`, and handed back to the enclosing scope afterwards.
 */
export function differentiate<Kept extends string = never>(weights: Weights, objective: () => Objective<Kept>): Differentiated<Kept> {
  const carried = new Map<string, tf.Tensor>();
  const terms = new Map<string, tf.Tensor>();
  const carry = (into: Map<string, tf.Tensor>, name: string, tensor: tf.Tensor): void => {
    into.set(name, tf.keep(tf.clone(tensor)));
  };
  const release = (from: Map<string, tf.Tensor>): Record<string, tf.Tensor> =>
    Object.fromEntries([...from].map(([name, tensor]) => [name, tf.clone(tensor)]));
  try {
    const { value, grads } = tf.variableGrads(() => {
      const result = objective();
      // First, because it refuses faulty terms by name, where tfjs would not say whose tensor it cannot copy.
      const sum = total(result.terms);
      for (const term of result.terms) carry(terms, term.name, term.value);
      for (const [name, tensor] of Object.entries<tf.Tensor>(result.keep)) carry(carried, name, tensor);
      return sum;
    }, Object.values(weights));
    return {
      gradients: byName(weights, grads),
      values: { ...release(terms), [totalName]: value } as Record<string, tf.Scalar>,
      kept: release(carried) as Record<Kept, tf.Tensor>,
    };
  } finally {
    for (const tensor of [...terms.values(), ...carried.values()]) tensor.dispose();
  }
}

/** tfjs keys gradients by its own registry's names, which are not the backbone's. */
function byName(weights: Weights, grads: tf.NamedTensorMap): Record<string, tf.Tensor> {
  return Object.fromEntries(
    Object.entries(weights).map(([name, variable]) => {
      const gradient = grads[variable.name];
      if (!gradient) {
        throw new IdganError("BACKBONE_INVALID", `The weight "${name}" has no part in the loss. Use it in the forward pass, or leave it out of the declared weights.`);
      }
      return [name, gradient];
    }),
  );
}
