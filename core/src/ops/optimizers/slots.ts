import * as tf from "@tensorflow/tfjs";
import { IdganError } from "../../contract/error.js";
import type { Weights } from "../../contract/weights.js";

/** One weight with its gradient and its variables of memory. */
export interface Update<Slot extends string> {
  readonly weight: tf.Variable;
  readonly gradient: tf.Tensor;
  readonly slots: Readonly<Record<Slot, tf.Variable>>;
}

/** A zero for each weight and kind of memory, such as `conv1/kernel/mean`. */
export function createSlots<Slot extends string>(weights: Weights, kinds: readonly Slot[]): Record<string, tf.Variable> {
  const slots: Record<string, tf.Variable> = {};
  for (const [name, weight] of Object.entries(weights)) {
    for (const kind of kinds) {
      slots[`${name}/${kind}`] = zeroVariable(weight.shape);
    }
  }
  return slots;
}

export function zeroVariable(shape: readonly number[]): tf.Variable {
  const zeros = tf.zeros([...shape]);
  const variable = tf.variable(zeros);
  zeros.dispose();
  return variable;
}

/** Pairs every weight with its gradient and slots before anything is assigned, so that a missing gradient updates nothing. */
export function pair<Slot extends string>(
  weights: Weights,
  slots: Weights,
  kinds: readonly Slot[],
  gradients: Readonly<Record<string, tf.Tensor>>,
): readonly Update<Slot>[] {
  return Object.entries(weights).map(([name, weight]) => {
    const gradient = gradients[name];
    if (gradient === undefined) {
      throw new IdganError(
        "BACKBONE_INVALID",
        `The weight "${name}" has no gradient, so no minimised term depends on it. Use it in a term, or leave it out of the weights.`,
      );
    }
    return { weight, gradient, slots: Object.fromEntries(kinds.map((kind) => [kind, slots[`${name}/${kind}`]])) as Record<Slot, tf.Variable> };
  });
}
