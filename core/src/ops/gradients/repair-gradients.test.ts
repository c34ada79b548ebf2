import * as tf from "@tensorflow/tfjs";
import test from "ava";
import { ops, type Op } from "./differentiable-ops.test.table.js";
import { repairGradients } from "./repair-gradients.js";

/** Relative difference that float32 and finite differences may leave; what was measured is a third of it at most. */
const TOLERANCE = 1e-3;
const STEP = 2 ** -7;

/** A linear congruential generator of numbers in [0, 1), Numerical Recipes' constants. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function valuesFor(size: number, kind: Op["values"], next: () => number): Float32Array {
  if (kind === "distinct") {
    const order = Array.from({ length: size }, (_, i) => ({ key: next(), value: ((i + 0.5) / size) * 2.4 - 1.2 })).sort((a, b) => a.key - b.key);
    return Float32Array.from(order, ({ value }) => value);
  }
  return Float32Array.from({ length: size }, (_, i) => (kind === "zero" && i === 0 ? 0 : 0.4 + 0.8 * next()) * (kind === "positive" || next() < 0.5 ? 1 : -1));
}

type Terms = (inputs: readonly tf.Tensor[]) => tf.Tensor;

/** Terms of a loss of the op's output, and of the penalty on that loss's gradient: the pattern of R1. */
function lossesOf({ run }: Op, weights: () => number): { readonly first: Terms; readonly second: Terms } {
  let fixed: number[] | undefined;
  const first: Terms = (inputs) => {
    const y = run(...inputs);
    fixed ??= Array.from({ length: y.size }, () => 0.5 + weights());
    return tf.mul(y, tf.tensor(fixed, y.shape));
  };
  const second: Terms = ([x, ...rest]) => tf.square(tf.grad((input) => tf.sum(first([input, ...rest])))(x as tf.Tensor));
  return { first, second };
}

function sumOf(terms: Terms, variables: readonly tf.Variable[]): number {
  return tf.tidy(() => terms(variables).dataSync<"float32">()).reduce((sum, term) => sum + term, 0); // in double precision
}

/** Worst relative difference between the gradient and central differences, along one direction for each variable. */
function worstDifference(terms: Terms, variables: readonly tf.Variable[], next: () => number): number {
  const { value, grads } = tf.variableGrads(() => tf.sum(terms(variables)), [...variables]);
  const loss = Math.abs(value.dataSync()[0] ?? 0);
  const differences = variables.map((variable) => {
    const direction = Float32Array.from({ length: variable.size }, () => 2 * next() - 1);
    const base = variable.dataSync().slice();
    const at = (step: number): number => {
      const moved = tf.tensor(base.map((v, i) => v + step * (direction[i] ?? 0)), variable.shape);
      variable.assign(moved);
      moved.dispose();
      return sumOf(terms, variables);
    };
    const numeric = (8 * (at(STEP) - at(-STEP)) - (at(2 * STEP) - at(-2 * STEP))) / (12 * STEP);
    at(0);
    const gradient = grads[variable.name]?.dataSync() ?? new Float32Array(variable.size);
    const analytic = direction.reduce((sum, d, i) => sum + d * (gradient[i] ?? 0), 0);
    const scale = Math.hypot(...gradient) * Math.hypot(...direction) / Math.sqrt(variable.size);
    return Math.abs(analytic - numeric) / Math.max(Math.abs(numeric), scale, 1e-2 * loss, 1e-6);
  });
  tf.dispose([value, grads]);
  return Math.max(...differences);
}

/** The orders at which tfjs disagrees with finite differences or throws. */
function failuresOf(tested: Op): { readonly first: string | undefined; readonly second: string | undefined } {
  const next = generator(tested.name.length * 7919);
  const variables = tf.tidy(() => tested.shapes.map((shape) => tf.variable(tf.tensor(valuesFor(tf.util.sizeFromShape(shape), tested.values, next), shape))));
  const losses = lossesOf(tested, next);
  const judge = (terms: Terms): string | undefined => {
    try {
      const difference = worstDifference(terms, variables, next);
      return difference <= TOLERANCE ? undefined : `differs by ${difference.toExponential(1)}`;
    } catch (error) {
      return `throws ${String(error)}`;
    }
  };
  try {
    return { first: judge(losses.first), second: judge(losses.second) };
  } finally {
    tf.dispose(variables);
  }
}

test.serial("without the repair, tfjs fails at exactly the derivatives that the table names", async (t) => {
  await tf.setBackend("cpu");
  const surprises = ops.flatMap((tested) => {
    const { first, second } = failuresOf(tested);
    const found = first ? "first" : second ? "second" : "right";
    return found === tested.stock ? [] : [`${tested.name} is ${found}: first ${first ?? "right"}, second ${second ?? "right"}`];
  });
  t.deepEqual(surprises, []);
});

test.serial("after the repair, first and second derivatives of every op agree with finite differences", async (t) => {
  await tf.setBackend("cpu");
  repairGradients();
  repairGradients();
  const failures = ops.flatMap((tested) => {
    const { first, second } = failuresOf(tested);
    return first ?? second ? [`${tested.name}: first ${first ?? "right"}, second ${second ?? "right"}`] : [];
  });
  t.deepEqual(failures, []);
});

test.serial("a discriminator of tf.layers has the right R1 gradient", (t) => {
  const next = generator(11);
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({ inputShape: [6, 6, 1], filters: 3, kernelSize: 4, strides: 2, padding: "same", kernelInitializer: "zeros" }),
      tf.layers.leakyReLU({ alpha: 0.2 }),
      tf.layers.batchNormalization(),
      tf.layers.averagePooling2d({ poolSize: 2, strides: 1 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 4, activation: "tanh", kernelInitializer: "zeros" }),
      tf.layers.dense({ units: 1, kernelInitializer: "zeros" }),
    ],
  });
  const real = tf.tensor(valuesFor(3 * 36, undefined, next), [3, 6, 6, 1]);
  const weights = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  for (const weight of weights) weight.assign(tf.tensor(valuesFor(weight.size, undefined, next), weight.shape));
  const penalty: Terms = () => tf.square(tf.grad((x) => tf.sum(model.apply(x, { training: true }) as tf.Tensor))(real));
  t.true(worstDifference(penalty, weights, next) <= TOLERANCE);
});

test.serial("where pixels of a window are equal, max pooling's second derivative follows the pixel that the first chose", (t) => {
  const next = generator(5);
  const random = (shape: [number, number, number, number]): tf.Tensor4D => tf.tensor(valuesFor(tf.util.sizeFromShape(shape), undefined, next), shape);
  const x = tf.relu(tf.sub<tf.Tensor4D>(random([2, 6, 6, 3]), 1.1)); // nearly all of it zero
  const y = tf.maxPool(x, 3, 2, "same");
  const dy = tf.variable(random([2, 3, 3, 3]));
  const towards = random([2, 6, 6, 3]);
  const backward = (): tf.Tensor => tf.engine().runKernel(tf.MaxPoolGrad, { dy, input: x, output: y }, { filterSize: 3, strides: 2, pad: "same" });
  const { value, grads } = tf.variableGrads(() => tf.sum(tf.mul(backward(), towards)), [dy]);
  const taken = tf.sum(tf.mul(grads[dy.name] ?? 0, dy)); // MaxPoolGrad is linear, so this is its value again
  t.true(Math.abs((taken.dataSync()[0] ?? 0) - (value.dataSync()[0] ?? 0)) < 1e-4);
  t.true(tf.sum(tf.abs(grads[dy.name] ?? 0)).dataSync()[0] !== 0);
});

test.serial("first and second derivatives leave no tensor behind", (t) => {
  for (const tested of ops) {
    const before = tf.memory().numTensors;
    failuresOf(tested);
    t.is(tf.memory().numTensors, before, tested.name);
  }
});
