import * as tf from "@tensorflow/tfjs";
import { IdganError } from "../../contract/error.js";
import type { Initializer } from "../../contract/weights.js";
import { silenceNodeNotice } from "../node-notice.js";
import { createStream } from "./stream.js";

/** Makes variables whose values depend on the seed and their full name alone; the caller owns the variables. */
export function createInitializer(seed: number): Initializer {
  silenceNodeNotice();
  return scoped(seed, "", new Set());
}

function scoped(seed: number, prefix: string, taken: Set<string>): Initializer {
  const make = (name: string, shape: readonly number[], values: (fullName: string, count: number) => Float32Array): tf.Variable => {
    const fullName = prefix + name;
    if (taken.has(fullName)) {
      throw new IdganError("BACKBONE_INVALID", `Two weights are named "${fullName}". Give each weight of a backbone its own name.`);
    }
    taken.add(fullName);
    const count = shape.reduce((product, size) => product * size, 1);
    const initial = tf.tensor(values(fullName, count), [...shape], "float32");
    // Named by tfjs: its registry is global, and two copies of one backbone may live side by side.
    const variable = tf.variable(initial);
    initial.dispose();
    return variable;
  };
  return {
    normal: (name, shape, std) =>
      make(name, shape, (fullName, count) => createStream(seed, `init/${fullName}`).normal(0, count).map((value) => value * std)),
    uniform: (name, shape, limit) =>
      make(name, shape, (fullName, count) => createStream(seed, `init/${fullName}`).uniform(0, count).map((value) => (2 * value - 1) * limit)),
    constant: (name, shape, value) => make(name, shape, (_, count) => new Float32Array(count).fill(value)),
    scope: (scope) => scoped(seed, `${prefix}${scope}/`, taken),
  };
}
