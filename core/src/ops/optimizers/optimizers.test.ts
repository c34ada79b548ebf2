import test, { type ExecutionContext } from "ava";
import * as tf from "@tensorflow/tfjs";
import { readFileSync } from "node:fs";
import { rampedDecay, updateAverage } from "./average.js";
import { createOptimizer } from "./create-optimizer.js";
import type { OptimizerSpec } from "./optimizer.js";

type Values = Readonly<Record<string, readonly number[]>>;

interface Fixture {
  readonly updates: number;
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  readonly averageDecay: number;
  readonly cases: Readonly<Record<string, { readonly spec: OptimizerSpec; readonly first: Values; readonly last: Values; readonly average: Values }>>;
}

const fixture = JSON.parse(readFileSync(new URL("../../../../test/fixtures/optimizers.json", import.meta.url), "utf8")) as Fixture;
const tolerance = 1e-6;

test.before(async () => {
  await tf.setBackend("cpu");
});

for (const [title, { spec, first, last, average }] of Object.entries(fixture.cases)) {
  test(`ten updates of ${title} are PyTorch's`, (t) => {
    const weights = createWeights();
    const mean = createWeights();
    const optimizer = createOptimizer(spec, weights);
    const before = tf.memory().numTensors;
    for (let update = 0; update < fixture.updates; update += 1) {
      tf.tidy(() => {
        const gradients = Object.entries(fixture.shapes).map(([name, shape], salt) => [name, formula(shape, 10 * update + salt, 10 ** -(update % 3))]);
        optimizer.apply(Object.fromEntries(gradients), tf.scalar(spec.learningRate));
        updateAverage(mean, weights, fixture.averageDecay);
      });
      if (update === 0) {
        assertClose(t, weights, first);
      }
    }
    assertClose(t, weights, last);
    assertClose(t, mean, average);
    t.is(tf.memory().numTensors, before);
    tf.dispose([weights, mean, optimizer.slots]);
  });
}

test("a warmed-up average is the weights' own mean at first, and has the full decay in the end", (t) => {
  const weights = { w: tf.variable(tf.scalar(1)) };
  const average = { w: tf.variable(tf.scalar(-1)) };
  tf.tidy(() => updateAverage(average, weights, rampedDecay(0.999, tf.scalar(0))));
  t.true(Math.abs((average.w.dataSync()[0] ?? 0) - 0.8) < 1e-6); // 0.1 * -1 + 0.9 * 1
  const decays = [0, 10, 8_990, 1e6].map((step) => tf.tidy(() => rampedDecay(0.999, tf.scalar(step)).dataSync()[0] ?? 0));
  for (const [index, expected] of [0.1, 11 / 20, 8_991 / 9_000, 0.999].entries()) t.true(Math.abs((decays[index] ?? 0) - expected) < 1e-6);
  tf.dispose([weights, average]);
});

test("Adam's first update is the learning rate in size, whatever the gradient's", (t) => {
  for (const size of [1e-4, 1, 1e4]) {
    const weights = { w: tf.variable(tf.scalar(0)) };
    const optimizer = createOptimizer(specOf("adam"), weights);
    tf.tidy(() => optimizer.apply({ w: tf.scalar(size) }, tf.scalar(0.5)));
    t.true(Math.abs((weights.w.dataSync()[0] ?? 0) + 0.5) < 1e-4);
    tf.dispose([weights, optimizer.slots]);
  }
});

test("Adam keeps a step of the learning rate under a constant gradient for two thousand updates", (t) => {
  const weights = { w: tf.variable(tf.scalar(0)) };
  const optimizer = createOptimizer(specOf("adam"), weights);
  for (let update = 1; update <= 2000; update += 1) {
    tf.tidy(() => optimizer.apply({ w: tf.scalar(3) }, tf.scalar(1)));
    const expected = -update;
    t.true(Math.abs((weights.w.dataSync()[0] ?? 0) - expected) < 1e-4 * update); // m and c1, v and c2 round alike in float32
  }
  tf.dispose([weights, optimizer.slots]);
});

test("slots carry the weights' names, so that a checkpoint can name them", (t) => {
  const weights = { "conv1/kernel": tf.variable(tf.zeros([2, 2])) };
  const slots = (["adam", "rmsprop", "sgd"] as const).map((name) => {
    const optimizer = createOptimizer({ ...specOf(name), momentum: 0.9 }, weights);
    const names = Object.keys(optimizer.slots);
    tf.dispose(optimizer.slots);
    return names;
  });
  t.deepEqual(slots, [
    ["conv1/kernel/mean", "conv1/kernel/variance", "correction/mean", "correction/variance"],
    ["conv1/kernel/square", "conv1/kernel/momentum"],
    ["conv1/kernel/momentum"],
  ]);
  tf.dispose(weights);
});

test("a missing gradient is an error that names the weight, and nothing is updated", (t) => {
  for (const name of ["adam", "rmsprop", "sgd"] as const) {
    const weights = { a: tf.variable(tf.scalar(1)), b: tf.variable(tf.scalar(1)) };
    const optimizer = createOptimizer(specOf(name), weights);
    t.throws(() => tf.tidy(() => optimizer.apply({ a: tf.scalar(1) }, tf.scalar(1))), { message: /"b" has no gradient/, code: "BACKBONE_INVALID" });
    t.is(weights.a.dataSync()[0], 1);
    t.true(Object.values(optimizer.slots).every((slot) => slot.dataSync().every((value) => value === 0)));
    tf.dispose([weights, optimizer.slots]);
  }
});

test("an average without a counterpart is an error that names it", (t) => {
  const average = { a: tf.variable(tf.scalar(1)) };
  t.throws(() => updateAverage(average, {}, 0.9), { message: /"a"/, code: "BACKBONE_INVALID" });
  tf.dispose(average);
});

function specOf(name: OptimizerSpec["name"]): OptimizerSpec {
  return { name, learningRate: 1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, alpha: 0.99, momentum: 0 };
}

function createWeights(): Record<string, tf.Variable> {
  return Object.fromEntries(
    Object.entries(fixture.shapes).map(([name, shape], salt) => {
      const initial = formula(shape, salt, 1);
      const variable = tf.variable(initial);
      initial.dispose();
      return [name, variable];
    }),
  );
}

/** As test/fixtures/formula.py. */
function formula(shape: readonly number[], salt: number, scale: number): tf.Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return tf.tensor(Float32Array.from({ length: count }, (_, i) => (((i * 7919 + salt * 104729) % 1009) / 1009 - 0.5) * scale), [...shape]);
}

function assertClose(t: ExecutionContext, weights: Readonly<Record<string, tf.Variable>>, expected: Values): void {
  for (const [name, values] of Object.entries(expected)) {
    const actual = weights[name]?.dataSync() ?? [];
    const scale = Math.max(...values.map(Math.abs));
    const error = Math.max(...values.map((value, i) => Math.abs((actual[i] ?? Number.NaN) - value))) / scale;
    t.true(error < tolerance, `${name}: ${error}`);
  }
}
