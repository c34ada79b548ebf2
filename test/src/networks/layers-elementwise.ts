// Layers that leave the shape as it is and look at one number at a time, or at two.
import * as tf from "@tensorflow/tfjs";
import type { LayerMaker } from "./layer.js";

type Unary = (x: tf.Tensor) => tf.Tensor;
type Binary = (x: tf.Tensor, y: tf.Tensor) => tf.Tensor;

/** Where a function is not smooth, or has a domain, it is moved or shrunk so that values and both derivatives stay of ordinary size. */
const activations: Readonly<Record<string, Unary>> = {
  relu: (x) => tf.relu(x),
  leakyRelu: (x) => tf.leakyRelu(x, 0.2),
  leakyReluOfNegativeSlope: (x) => tf.leakyRelu(x, -0.3),
  leakyReluOfSteepSlope: (x) => tf.leakyRelu(x, 1.5),
  relu6: (x) => tf.relu6(x),
  elu: (x) => tf.elu(x),
  selu: (x) => tf.selu(x),
  tanh: (x) => tf.tanh(x),
  sigmoid: (x) => tf.sigmoid(x),
  swish: (x) => tf.mul(x, tf.sigmoid(x)),
  softplus: (x) => tf.softplus(x),
  erf: (x) => tf.erf(x),
  abs: (x) => tf.abs(x),
  square: (x) => tf.mul(tf.square(x), 0.3),
  squareRoot: (x) => tf.sqrt(tf.add(tf.square(x), 0.1)),
  exponential: (x) => tf.exp(tf.mul(tf.tanh(x), 0.5)),
  logarithm: (x) => tf.log1p(tf.abs(x)),
  clip: (x) => tf.clipByValue(x, -0.7, 0.9),
  power: (x) => tf.pow(tf.add(tf.abs(x), 0.5), 1.3),
};

const operators: Readonly<Record<string, Binary>> = {
  add: (x, y) => tf.add(x, y),
  subtract: (x, y) => tf.sub(x, y),
  subtractFrom: (x, y) => tf.sub(y, x),
  multiply: (x, y) => tf.mul(x, y),
  divide: (x, y) => tf.div(x, tf.add(tf.square(y), 0.5)),
  maximum: (x, y) => tf.maximum(x, y),
  minimum: (x, y) => tf.minimum(x, y),
  squaredDifference: (x, y) => tf.mul(tf.squaredDifference(x, y), 0.3),
  where: (x, y) => tf.where(tf.greater(x, y), x, tf.mul(y, 0.5)),
  angle: (x, y) => tf.atan2(x, tf.add(tf.square(y), 0.3)),
};

const smooth: ReadonlySet<string> = new Set(["tanh", "sigmoid", "swish", "softplus", "erf", "square", "squareRoot", "exponential"]);
const kinked: ReadonlySet<string> = new Set(["maximum", "minimum", "where"]);

/** Masks and integers, which have types of their own and no gradients. */
const masks: Readonly<Record<string, Unary>> = {
  positiveBelow: (x) => tf.where(tf.greater(tf.reverse(x, 1), 0), x, tf.mul(x, -0.5)),
  either: (x) => tf.mul(x, tf.cast(tf.logicalOr(tf.greater(x, 0.3), tf.less(tf.reverse(x, 2), -0.2)), "float32")),
  anyChannel: (x) => tf.add(x, tf.cast(tf.any(tf.greater(x, 0.5), 3, true), "float32")),
  steps: (x) => tf.add(x, tf.mul(tf.cast(tf.floor(tf.mul(x, 4)), "int32"), 0.1)),
  aboveMean: (x) => tf.where(tf.logicalNot(tf.lessEqual(x, tf.mean(x, [1, 2], true))), x, tf.square(x)),
};

const namesOf = (table: object): [string, ...string[]] => Object.keys(table) as [string, ...string[]];

const activation: LayerMaker = (draw) => {
  const name = draw.pick(namesOf(activations));
  return { label: name, hasKinks: !smooth.has(name), run: (x) => activations[name]?.(x) ?? x };
};

const mask: LayerMaker = (draw) => {
  const name = draw.pick(namesOf(masks));
  return { label: `mask ${name}`, hasKinks: true, run: (x) => masks[name]?.(x) ?? x };
};

const bias: LayerMaker = (draw, [, , , channels]) => {
  const isFirst = draw.chance(0.5);
  return { label: isFirst ? "bias and images" : "bias", weights: [{ shape: [channels], deviation: 0.5 }], run: (x, offset) => (isFirst ? tf.add(offset, x) : tf.add(x, offset)) };
};

const broadcast: LayerMaker = (draw, [batch, height, width, channels]) => {
  const shape = draw.pick<readonly number[]>([
    [], [1], [channels], [width, 1], [height, 1, 1], [height, width, channels], [1, 1, 1, channels], [batch, 1, 1, 1],
    [batch, 1, 1, channels], [1, height, width, 1], [batch, height, 1, channels], [batch, height, width, 1], [batch, 1, width, channels],
  ]);
  const name = draw.pick(namesOf(operators));
  return { label: `${name} [${shape}]`, hasKinks: kinked.has(name), weights: [{ shape, deviation: 1 }], run: (x, other) => operators[name]?.(x, other) ?? x };
};

const parametricRelu: LayerMaker = (_, [, , , channels]) => ({
  label: "parametric relu",
  hasKinks: true,
  weights: [{ shape: [channels], deviation: 0.5 }],
  run: (x, slope) => tf.prelu(x, slope),
});

export const elementwiseLayers = { activation, bias, broadcast, mask, parametricRelu } as const;
