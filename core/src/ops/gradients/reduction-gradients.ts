// Gradients of reductions and of the matrix product.
import * as tf from "@tensorflow/tfjs";
import { defineGradient } from "./define-gradient.js";
import { sumTo } from "./sum-to.js";

interface AxisAttrs {
  readonly axis: number | number[] | null | undefined;
}

interface MatMulAttrs {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** `dy` times `factor` at each of the elements that were reduced to it. */
function spread(dy: tf.Tensor, shape: number[], axes: readonly number[], factor: number): tf.Tensor {
  const reduced = shape.map((length, i) => (axes.includes(i) ? 1 : length));
  return tf.mul(tf.reshape(dy, reduced), tf.fill(shape, factor));
}

function sizeAlong(shape: readonly number[], axes: readonly number[]): number {
  return axes.reduce((size, axis) => size * (shape[axis] ?? 1), 1);
}

/**
 * Gradient of the product over the last axis, `x` `[rows, count]` and `dy` `[rows]`: back through a tree of products of two.
 * Unlike `dy * y / x` it is right where elements are zero, and unlike cumulative products it can be differentiated again.
 */
function productGradient(dy: tf.Tensor, x: tf.Tensor, rows: number, count: number): tf.Tensor {
  const depth = Math.ceil(Math.log2(Math.max(count, 1)));
  let level = tf.pad(x, [[0, 0], [0, 2 ** depth - count]], 1);
  const pairs: tf.Tensor[] = [];
  for (let half = 2 ** depth / 2; half >= 1; half /= 2) {
    const pair = tf.reshape(level, [rows, half, 2]);
    const [first, second] = tf.split(pair, 2, 2) as [tf.Tensor, tf.Tensor];
    pairs.push(pair);
    level = tf.mul(first, second);
  }
  let gradient = tf.reshape(dy, [rows, 1, 1]);
  for (const pair of pairs.toReversed()) {
    const [, half = 1] = pair.shape;
    gradient = tf.mul(tf.reshape(gradient, [rows, half, 1]), tf.reverse(pair, 2));
  }
  return tf.slice(tf.reshape(gradient, [rows, 2 ** depth]), [0, 0], [rows, count]);
}

export const reductionGradients: readonly tf.GradConfig[] = [
  defineGradient(tf.Sum, ["x"], (dy, { x }, { axis }: AxisAttrs) => ({
    x: () => spread(dy, x.shape, tf.util.parseAxisParam(axis as number | number[], x.shape), 1),
  })),
  defineGradient(tf.Mean, ["x"], (dy, { x }, { axis }: AxisAttrs) => {
    const axes = tf.util.parseAxisParam(axis as number | number[], x.shape);
    return { x: () => spread(dy, x.shape, axes, 1 / sizeAlong(x.shape, axes)) };
  }),
  defineGradient(tf.Prod, ["x"], (dy, { x }, { axis }: AxisAttrs) => ({
    x: () => {
      const axes = tf.util.parseAxisParam(axis as number | number[], x.shape);
      const kept = x.shape.map((_, i) => i).filter((i) => !axes.includes(i));
      const order = [...kept, ...axes];
      const count = sizeAlong(x.shape, axes);
      const rows = sizeAlong(x.shape, kept);
      const ordered = tf.transpose(x, order);
      const gradient = productGradient(dy, tf.reshape(ordered, [rows, count]), rows, count);
      return tf.transpose(tf.reshape(gradient, ordered.shape), order.map((_, i) => order.indexOf(i)));
    },
  })),
  // tfjs's own gradient of a product whose batch was broadcast has the batch's shape, not the input's.
  defineGradient(tf.BatchMatMul, ["a", "b"], (dy, { a, b }, { transposeA, transposeB }: MatMulAttrs) => ({
    a: () => sumTo(transposeA ? tf.matMul(b, dy, transposeB, true) : tf.matMul(dy, b, false, !transposeB), a.shape),
    b: () => sumTo(transposeB ? tf.matMul(dy, a, true, transposeA) : tf.matMul(a, dy, !transposeA, false), b.shape),
  })),
];
