// Gradients of kernels that work element by element, where tfjs's own throw, forget to broadcast, or make needless zeros.
import * as tf from "@tensorflow/tfjs";
import { constantOf } from "./constant-of.js";
import { defineGradient } from "./define-gradient.js";
import { sumTo } from "./sum-to.js";

interface LeakyReluAttrs {
  readonly alpha: number;
}

interface ClipAttrs {
  readonly clipValueMin: number;
  readonly clipValueMax: number;
}

type Compare = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

/** 1 where the condition holds, else 0. */
function maskOf(condition: () => tf.Tensor): tf.Tensor {
  return constantOf(() => tf.cast(condition(), "float32"));
}

/** Of two inputs that broadcast, the gradient goes to the one that was taken; to `a` where they are equal. */
function extremum(kernel: string, takesA: Compare, takesB: Compare): tf.GradConfig {
  return defineGradient(kernel, ["a", "b"], (dy, { a, b }) => ({
    a: () => sumTo(tf.mul(dy, maskOf(() => takesA(a, b))), a.shape),
    b: () => sumTo(tf.mul(dy, maskOf(() => takesB(a, b))), b.shape),
  }));
}

export const elementwiseGradients: readonly tf.GradConfig[] = [
  defineGradient(tf.Relu, ["x"], (dy, { x }) => ({ x: () => tf.mul(dy, constantOf(() => tf.step(x))) })),
  defineGradient(tf.Relu6, ["x"], (dy, { x }) => ({
    x: () => tf.mul(dy, maskOf(() => tf.logicalAnd(tf.greater(x, 0), tf.lessEqual(x, 6)))),
  })),
  defineGradient(tf.LeakyRelu, ["x"], (dy, { x }, { alpha }: LeakyReluAttrs) => ({ x: () => tf.mul(dy, constantOf(() => tf.step(x, alpha))) })),
  defineGradient(tf.Abs, ["x"], (dy, { x }) => ({ x: () => tf.mul(dy, constantOf(() => tf.step(x, -1))) })),
  // y = exp(x) - 1 below zero, so its derivative exp(x) is y + 1 there, and 1 above.
  defineGradient(tf.Elu, ["y"], (dy, { y }) => ({ x: () => tf.mul(dy, tf.add(tf.minimum(y, 0), 1)) })),
  defineGradient(tf.ClipByValue, ["x"], (dy, { x }, { clipValueMin, clipValueMax }: ClipAttrs) => ({
    x: () => tf.mul(dy, maskOf(() => tf.logicalAnd(tf.greaterEqual(x, clipValueMin), tf.lessEqual(x, clipValueMax)))),
  })),
  extremum(tf.Maximum, tf.greaterEqual, tf.less),
  extremum(tf.Minimum, tf.lessEqual, tf.greater),
  defineGradient(tf.SquaredDifference, ["a", "b"], (dy, { a, b }) => ({
    a: () => sumTo(tf.mul(dy, tf.mul(tf.sub(a, b), 2)), a.shape),
    b: () => sumTo(tf.mul(dy, tf.mul(tf.sub(b, a), 2)), b.shape),
  })),
];
