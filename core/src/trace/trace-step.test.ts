import * as tf from "@tensorflow/tfjs";
import test, { type ExecutionContext } from "ava";
import type { Step } from "../contract/engine.js";
import { createEagerEngine } from "./eager-engine.js";
import { silenceNodeNotice } from "../ops/node-notice.js";
import { optimise } from "./passes/optimise.js";
import { printGraph } from "./print-graph.js";
import { runGraph } from "./run-graph.js";
import { traceStep } from "./trace-step.js";

silenceNodeNotice();
await tf.setBackend("cpu");

/** The same kernels in the same order, save for what the passes change. */
const tolerance = 1e-6;

/** A linear congruential generator: values in [-1, 1). */
function numbers(shape: readonly number[], seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 2147483648 - 1;
  });
}

function variable(shape: number[], seed: number): tf.Variable {
  return tf.tidy(() => tf.variable(tf.tensor(numbers(shape, seed), shape)));
}

function feedsOf(step: Step): Record<string, Float32Array> {
  return Object.fromEntries(Object.entries(step.inputs).map(([name, shape], i) => [name, numbers(shape, 100 + i)]));
}

function close(t: ExecutionContext, got: Float32Array | undefined, wanted: Float32Array, what: string): void {
  const scale = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
  const worst = wanted.reduce((most, value, i) => Math.max(most, Math.abs(value - (got?.[i] ?? Number.NaN))), 0);
  t.true(worst <= tolerance * scale, `${what} is off by ${worst} of ${scale}`);
}

/** Traces a step, then runs it eagerly: outputs and variables must be those that the graph computes. */
async function agrees(t: ExecutionContext, step: Step, updates = 2): Promise<void> {
  const graph = traceStep(step);
  const better = optimise(graph);
  const eager = await createEagerEngine().compile(step);
  const feeds = feedsOf(step);
  for (let update = 0; update < updates; update++) {
    const results = [runGraph(graph, feeds), runGraph(better, feeds)];
    const outputs = await eager.run(feeds);
    for (const result of results) {
      for (const [name, wanted] of Object.entries(outputs)) close(t, result.outputs[name], wanted, name);
      for (const [assigned, got] of result.variables) close(t, got, Float32Array.from(assigned.dataSync()), assigned.name);
    }
  }
}

function adam(weight: tf.Variable, gradient: tf.Tensor, m: tf.Variable, v: tf.Variable, lr: tf.Tensor): void {
  m.assign(tf.add(tf.mul(m, 0.9), tf.mul(gradient, 0.1)));
  v.assign(tf.add(tf.mul(v, 0.999), tf.mul(tf.square(gradient), 0.001)));
  weight.assign(tf.sub(weight, tf.div(tf.mul(lr, m), tf.add(tf.sqrt(v), 1e-8))));
}

test("a perceptron trained by Adam computes in its graph what it computes eagerly", async (t) => {
  const weights = [variable([3, 8], 1), variable([8], 2), variable([8, 2], 3)] as const;
  const slots = weights.map((weight) => [tf.variable(tf.zerosLike(weight)), tf.variable(tf.zerosLike(weight))] as const);
  await agrees(t, {
    name: "perceptron",
    inputs: { x: [5, 3], lr: [] },
    run: (inputs) => {
      const { x, lr } = inputs as { x: tf.Tensor; lr: tf.Tensor };
      const [a, b, c] = weights;
      const { value, grads } = tf.variableGrads(() => tf.mean(tf.square(tf.matMul(tf.tanh(tf.add(tf.matMul(x, a), b)), c))), [...weights]);
      for (const [i, weight] of weights.entries()) {
        const [m, v] = slots[i] ?? [];
        const gradient = grads[weight.name];
        if (m && v && gradient) adam(weight, gradient, m, v, lr);
      }
      return { loss: value };
    },
  });
});

const filter = variable([4, 4, 2, 3], 4);
const head = variable([27, 1], 5);
const critic = (x: tf.Tensor): tf.Tensor => {
  const h = tf.leakyRelu(tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 2, 1, "NHWC", 1, "floor"), 0.2);
  return tf.matMul(tf.reshape(h, [-1, 27]), head);
};
const maker = variable([4, 6 * 6 * 2], 6);

/** A discriminator with R1, then the generator against the discriminator as just updated. */
const adversarial: Step = {
  name: "adversarial",
  inputs: { real: [2, 6, 6, 2], s: [2, 0], c: [2, 4], lr: [] },
  run: (inputs) => {
    const { real, s, c, lr } = inputs as Record<"real" | "s" | "c" | "lr", tf.Tensor>;
    const fake = (): tf.Tensor => tf.reshape(tf.sigmoid(tf.matMul(tf.concat([s, c], 1), maker)), [2, 6, 6, 2]);
    const penalty = (): tf.Scalar => tf.mean(tf.sum(tf.square(tf.grad((x) => tf.sum(critic(x)))(real)), [1, 2, 3]));
    const d = tf.variableGrads(() => tf.addN<tf.Scalar>([tf.mean(tf.softplus(tf.neg(critic(real)))), tf.mean(tf.softplus(critic(fake()))), penalty()]), [filter, head]);
    for (const weight of [filter, head]) weight.assign(tf.sub(weight, tf.mul(lr, d.grads[weight.name] ?? 0)));
    const g = tf.variableGrads(() => tf.mean(tf.softplus(tf.neg(critic(fake())))), [maker]);
    maker.assign(tf.sub(maker, tf.mul(lr, g.grads[maker.name] ?? 0)));
    return { discriminator: d.value, generator: g.value, pixels: tf.cast(tf.greater(fake(), 0.5), "int32") };
  },
};

test("a discriminator with R1 and a generator against its update are one graph that computes what they compute eagerly", async (t) => {
  await agrees(t, adversarial);
});

test("a step traced twice gives the same graph, and the same once optimised", (t) => {
  const [first, second] = [traceStep(adversarial), traceStep(adversarial)];
  t.is(printGraph(first), printGraph(second));
  t.is(printGraph(optimise(first)), printGraph(optimise(second)));
});

test("a graph names its inputs, outputs and variables, and int outputs come as float32", (t) => {
  const graph = traceStep(adversarial);
  t.deepEqual(Object.keys(graph.inputs), ["real", "s", "c", "lr"]);
  t.deepEqual(Object.keys(graph.outputs), ["discriminator", "generator", "pixels"]);
  t.is(graph.outputs["pixels"]?.dtype, "float32");
  t.deepEqual(graph.variables.map((entry) => entry.variable), [filter, head, maker]);
  t.true(graph.variables.every(({ before, after }) => before && after && before.id !== after.id));
});

test("models of tf.layers trace, and train with their batch norm's statistics", async (t) => {
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({ inputShape: [6, 6, 1], filters: 3, kernelSize: 3, strides: 2, padding: "same" }),
      tf.layers.batchNormalization({}),
      tf.layers.leakyReLU({ alpha: 0.2 }),
      tf.layers.upSampling2d({ size: [2, 2] }),
      tf.layers.averagePooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 4, activation: "elu" }),
      tf.layers.dense({ units: 2, activation: "softmax" }),
    ],
  });
  const weights = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  for (const [i, weight] of weights.entries()) tf.tidy(() => weight.assign(tf.tensor(numbers(weight.shape, i), weight.shape)));
  const call = (x: tf.Tensor, training: boolean): tf.Tensor => model.apply(x, { training }) as tf.Tensor;
  await agrees(t, {
    name: "layers",
    inputs: { x: [3, 6, 6, 1] },
    run: (inputs) => {
      const x = inputs["x"] as tf.Tensor;
      const { value, grads } = tf.variableGrads(() => tf.mean(tf.square(tf.sub(call(x, true), 0.3))), weights);
      for (const weight of weights) weight.assign(tf.sub(weight, tf.mul(0.1, grads[weight.name] ?? 0)));
      return { value, after: call(x, false) };
    },
  });
  t.is(traceStep({ name: "layers", inputs: { x: [3, 6, 6, 1] }, run: ({ x }) => ({ y: call(x as tf.Tensor, false) }) }).variables.filter(({ after }) => after).length, 0);
});

test("a variable may take the value of an input, of a constant, of another variable, or of a tensor from outside", async (t) => {
  const [a, b, c, d] = [variable([2], 1), variable([2], 2), variable([2], 3), variable([2], 4)];
  const outside = tf.tensor1d([5, 6]);
  await agrees(t, {
    name: "assignments",
    inputs: { x: [2] },
    run: ({ x }) => {
      a.assign(x as tf.Tensor);
      b.assign(tf.tensor1d([1, 2]));
      c.assign(tf.clone(d));
      d.assign(outside);
      return { sum: tf.addN([a, b, c, d]), x: x as tf.Tensor, outside };
    },
  });
  t.deepEqual([...outside.dataSync()], [5, 6]);
  t.deepEqual([...c.dataSync()], [5, 6]);
});
