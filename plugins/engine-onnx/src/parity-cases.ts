import * as tf from "@tensorflow/tfjs";

/** One small step, run by two engines. */
export interface Case {
  readonly title: string;
  readonly shapes: readonly (readonly number[])[];
  /** Range of the inputs; -2 to 2 unless given. */
  readonly range?: readonly [number, number];
  /** Relative tolerance where 1e-5 is too strict, and why it is. */
  readonly loose?: readonly [tolerance: number, reason: string];
  run(...inputs: tf.Tensor[]): tf.Tensor | readonly tf.Tensor[];
}

type Unary = (x: tf.Tensor) => tf.Tensor;
type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

const anyNumber: Readonly<Record<string, Unary>> = {
  exp: tf.exp, expm1: tf.expm1, sin: tf.sin, cos: tf.cos, tanh: tf.tanh, sigmoid: tf.sigmoid, softplus: tf.softplus, elu: tf.elu, selu: tf.selu, erf: tf.erf,
  square: tf.square, abs: tf.abs, neg: tf.neg, sign: tf.sign, relu: tf.relu, relu6: tf.relu6, floor: tf.floor, ceil: tf.ceil, round: tf.round,
  isNaN: tf.isNaN, isFinite: tf.isFinite, isInf: tf.isInf,
  leakyRelu: (x) => tf.leakyRelu(x, 0.2), "leakyRelu of slope 2": (x) => tf.leakyRelu(x, 2), "leakyRelu of slope -0.5": (x) => tf.leakyRelu(x, -0.5),
  step: (x) => tf.step(x), "step to 0.3": (x) => tf.step(x, 0.3), clip: (x) => tf.clipByValue(x, -0.5, 0.7),
  "int32 clip": (x) => tf.clipByValue(int(x), -1, 1),
  "step of a rectified value": (x) => tf.mul(tf.relu(x), tf.step(x)), "cast to int32": (x) => int(tf.mul(x, 3)), "cast to bool": (x) => bool(int(x)),
  "int32 relu and abs": (x) => tf.add(tf.relu(int(tf.mul(x, 4))), tf.abs(int(tf.mul(x, 4)))), "int32 neg and sign": (x) => tf.sub(tf.neg(int(x)), tf.sign(int(tf.mul(x, 2)))),
  "logical not": (x) => tf.logicalNot(tf.greater(x, 0)), softmax: (x) => tf.softmax(x), logSoftmax: (x) => tf.logSoftmax(x),
};
const positive: Readonly<Record<string, Unary>> = { log: tf.log, log1p: tf.log1p, sqrt: tf.sqrt, rsqrt: tf.rsqrt, reciprocal: tf.reciprocal };
const ofTwo: Readonly<Record<string, Binary>> = {
  add: tf.add, sub: tf.sub, mul: tf.mul, div: tf.div, maximum: tf.maximum, minimum: tf.minimum, mod: tf.mod, atan2: tf.atan2, "squared difference": tf.squaredDifference,
  greater: tf.greater, greaterEqual: tf.greaterEqual, less: tf.less, lessEqual: tf.lessEqual,
  equal: (a, b) => tf.equal(tf.round(a), tf.round(b)), notEqual: (a, b) => tf.notEqual(tf.round(a), tf.round(b)),
  and: (a, b) => tf.logicalAnd(tf.greater(a, 0), tf.greater(b, 0)), or: (a, b) => tf.logicalOr(tf.greater(a, 0), tf.greater(b, 0)),
  "int32 arithmetic": (a, b) => tf.add(tf.mul(int(tf.mul(a, 9)), int(tf.mul(b, 9))), tf.maximum(int(tf.mul(a, 9)), int(tf.mul(b, 9)))),
  "floor division": (a, b) => tf.floorDiv(int(tf.mul(a, 9)), tf.add(int(tf.mul(b, 3)), 7)), "int32 mod": (a, b) => tf.mod(int(tf.mul(a, 9)), tf.add(int(b), 5)),
  "equality of bool": (a, b) => tf.equal(tf.greater(a, 0), tf.greater(b, 0)), pow: (a, b) => tf.pow(tf.abs(a), b),
  where: (a, b) => tf.where(tf.greater(tf.add(a, b), 0), tf.add(a, tf.zerosLike(b)), tf.add(tf.zerosLike(a), b)),
};
const broadcasts: readonly (readonly [readonly number[], readonly number[]])[] = [
  [[], []], [[1], []], [[3], [3]], [[2, 3], [3]], [[2, 3], [2, 1]], [[2, 3], []], [[1, 3], [2, 1]],
  [[2, 3, 4], [4]], [[2, 3, 4], [3, 1]], [[2, 3, 5, 4], [4]], [[2, 3, 5, 4], [1, 1, 1, 4]], [[4], [2, 3, 5, 4]], [[2, 1, 5, 1], [3, 1, 4]], [[2, 3, 5, 4], [2, 1, 1, 4]], [[1, 1], [2, 3, 5, 4]],
];

const reduceAxes: readonly (readonly [readonly number[], number[] | number | undefined])[] = [
  [[5], undefined], [[4, 3], 0], [[4, 3], -1], [[4, 3], [0, 1]], [[2, 3, 4], 1], [[2, 3, 4], [0, 2]], [[2, 3, 5, 4], [1, 2]], [[2, 3, 5, 4], [0, 1, 2]], [[2, 3, 5, 4], -1], [[40, 30, 1, 3], [0, 1, 2]],
];
const reducers: Readonly<Record<string, (x: tf.Tensor, axis?: number[] | number, keepDims?: boolean) => tf.Tensor>> = {
  sum: tf.sum, mean: tf.mean, max: tf.max, min: tf.min, prod: tf.prod,
  any: (x, axis, keep) => tf.any(tf.greater(x, 1), axis, keep), all: (x, axis, keep) => tf.all(tf.greater(x, -1), axis, keep),
  "int32 sum": (x, axis, keep) => tf.sum(int(tf.mul(x, 5)), axis, keep), "int32 max": (x, axis, keep) => tf.max(int(tf.mul(x, 5)), axis, keep),
  "count": (x, axis, keep) => tf.sum(tf.greater(x, 0), axis, keep),
};

export function int(x: tf.Tensor): tf.Tensor {
  return tf.cast(x, "int32");
}

function bool(x: tf.Tensor): tf.Tensor {
  return tf.cast(x, "bool");
}

/** Kernels that work element by element, over every way to broadcast. */
export const elementwiseCases: readonly Case[] = [
  ...Object.entries(anyNumber).map(([title, run]): Case => ({ title, shapes: [[2, 3, 5, 4]], range: [-3, 3], run })),
  ...Object.entries(positive).map(([title, run]): Case => ({ title, shapes: [[7, 9]], range: [0.01, 4], run })),
  { title: "log1p and expm1 near 0", shapes: [[50]], range: [-1e-4, 1e-4], run: (x) => [tf.log1p(x), tf.expm1(x)] },
  { title: "softplus, exp and sigmoid far out", shapes: [[99]], range: [-60, 60], run: (x) => [tf.softplus(x), tf.sigmoid(x), tf.exp(x)] },
  { title: "elu's gradient", shapes: [[9, 9]], run: (x) => tf.grad((y) => tf.elu(y))(x) },
  { title: "prelu", shapes: [[2, 3, 4], [4]], run: (x, alpha) => tf.prelu(x, alpha ?? x) },
  ...Object.entries(ofTwo).flatMap(([title, run]) =>
    broadcasts.map(([a, b]): Case => ({ title: `${title} of [${a}] and [${b}]`, shapes: [a, b], run: (x, y) => run(x, y ?? x) }))),
  { title: "where of scalars", shapes: [[3, 4]], run: (x) => tf.where(tf.greater(x, 0), tf.scalar(1), tf.scalar(-2)) },
  { title: "uniform values", shapes: [[3, 4]], run: (x) => [tf.add(tf.ones([3, 4]), x), tf.matMul(tf.ones([2, 3]), x), tf.concat([tf.mul(tf.ones([1, 4]), 7), x])] },
];

export const reductionCases: readonly Case[] = [
  ...Object.entries(reducers).flatMap(([title, reduce]) =>
    reduceAxes.flatMap(([shape, axis]) => [false, true].map((keep): Case => ({
      title: `${title} of [${shape}] over ${axis ?? "all"}${keep ? ", kept" : ""}`, shapes: [shape], range: [-1.2, 1.2], run: (x) => reduce(x, axis, keep),
    })))),
  { title: "a sum over many rows", shapes: [[20_000, 3]], run: (x) => tf.sum(x, 0), loose: [2e-5, "20,000 addends in float32"] },
  { title: "a sum over a prime number of rows", shapes: [[2003, 2]], run: (x) => tf.sum(x, 0) },
  { title: "a sum of everything", shapes: [[90_000]], run: (x) => tf.sum(x), loose: [2e-5, "90,000 addends in float32"] },
  ...[0, 1, 2, -1].flatMap((axis): Case[] => [
    { title: `argMax over ${axis}`, shapes: [[3, 4, 5]], run: (x) => tf.argMax(x, axis) },
    { title: `argMin over ${axis}`, shapes: [[3, 4, 5]], run: (x) => tf.argMin(tf.round(x), axis) },
    { title: `cumsum over ${Math.abs(axis)}`, shapes: [[3, 4, 5]], run: (x) => [tf.cumsum(x, Math.abs(axis)), tf.cumsum(x, Math.abs(axis), true), tf.cumsum(x, Math.abs(axis), true, true), tf.cumsum(int(x), Math.abs(axis), false, true)] },
  ]),
];
