import { createStream } from "@idgan/core";
import type * as tf from "@tensorflow/tfjs";

/**
 * What a direction scales by a random number of its own: the whole weight, each output of it, or each input. Along directions drawn number
 * by number R1 would hardly change, and float32 would hide the rest. Scaling the whole crosses no kink of a plain network of ReLUs.
 */
export const directions = ["whole", "outputs", "whole", "inputs", "outputs"] as const;

/** A weight whose derivative is looked at. */
export interface Weight {
  readonly name: string;
  readonly variable: tf.Variable;
  /** Root mean square of all weights, for those that begin at zero. */
  readonly overall: number;
  /** For messages: the phase. */
  readonly where: string;
}

/** A step for the values of a weight, of the same length. */
export type Direction = (weight: Weight, values: Float32Array) => Float32Array;

/** Of vectors, and of weights that are zero, one number is moved instead: all of them together would cross many more kinks. */
export function directionOf(scaled: (typeof directions)[number], i: number): Direction {
  return ({ name, variable: { shape }, overall }, values) => {
    const stream = createStream(1, `testkit/r1/${name}`);
    const [inputs = 1, outputs = 1] = shape.slice(-2);
    const own = rootMeanSquare([values]);
    if (shape.length < 2 || own === 0) {
      const [moved] = stream.integers(i, 1, values.length);
      return values.map((_, k) => (k === moved ? own || overall : 0));
    }
    if (scaled === "whole") return values;
    const factors = stream.normal(i, outputs + inputs);
    return values.map((number, k) => number * (factors[scaled === "outputs" ? k % outputs : outputs + (Math.floor(k / outputs) % inputs)] ?? 0));
  };
}

/** Over all numbers of all groups; 0 where there are none. */
export function rootMeanSquare(groups: readonly Float32Array[]): number {
  const count = groups.reduce((sum, { length }) => sum + length, 0);
  const squares = groups.reduce((sum, values) => sum + values.reduce((inner, value) => inner + value * value, 0), 0);
  return Math.sqrt(squares / Math.max(count, 1));
}
