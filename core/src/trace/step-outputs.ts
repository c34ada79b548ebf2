import * as tf from "@tensorflow/tfjs";
import { IdganError } from "../contract/error.js";
import type { Step } from "../contract/engine.js";

/** What a step returned, checked: an object of tensors. */
export function outputsOf(step: Step, returned: unknown): readonly (readonly [name: string, tensor: tf.Tensor])[] {
  if (returned instanceof Promise) {
    returned.catch(() => {});
    throw new IdganError("STEP_INVALID", `Step "${step.name}" returned a promise. A step is synchronous: take async and await out of \`run\`.`);
  }
  if (typeof returned !== "object" || returned === null || returned instanceof tf.Tensor || Array.isArray(returned)) {
    throw new IdganError("STEP_INVALID", `Step "${step.name}" must return an object of tensors by name.`);
  }
  return Object.entries(returned).map(([name, tensor]: [string, unknown]) => {
    if (!(tensor instanceof tf.Tensor)) {
      throw new IdganError("STEP_INVALID", `Output "${name}" of step "${step.name}" is no tensor but ${describe(tensor)}. Return tensors; a number becomes one with tf.scalar.`);
    }
    return [name, tensor] as const;
  });
}

function describe(thing: unknown): string {
  return thing instanceof Promise ? "a promise" : Array.isArray(thing) ? "an array" : `${typeof thing} ${String(thing)}`;
}
