import {
  createConvDecoder, createConvEncoder, createEagerEngine, createHooks, createInitializer, createOptimizer, createStream, createVaeDecoder,
  createVaeEncoder, bernoulliLoss, freeze, ganUpdate, klDivergence, logisticDiscriminatorLoss, logisticGeneratorLoss, signedSpace, unitSpace, vaeUpdate, vaeWeights,
  type Engine, type GanBackbone, type Step, type VaeBackbone, type Weights,
} from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import test from "ava";
import { createOnnxEngine } from "./engine.js";

const batch = 2;
const latentDim = 4;
const nuisanceDim = 2;
const size = 16;
/** Largest difference after five updates, as a share of the largest value of the tensor. */
const tolerance = 1e-4;
const adam = { name: "adam", learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, alpha: 0.99, momentum: 0 } as const;

interface Model {
  readonly step: Step;
  readonly state: Weights;
}

/**
 * With the usual small weights a first KL, and the real and the fake half of a first gradient, cancel but for rounding: nothing to compare,
 * and Adam would blow it up.
 */
function enlarge(weights: Weights): void {
  for (const weight of Object.values(weights)) weight.assign(tf.mul(weight, 4));
}

function buildVae(): Model {
  const context = { image: unitSpace(size, 1), latentDim, datasetSize: 100, init: createInitializer(1) };
  const backbone: VaeBackbone = {
    encoder: createVaeEncoder(context),
    decoder: createVaeDecoder(context),
    lossConvention: "as the official code",
    loss: ({ x, reconstruction, posterior }) => [
      { name: "reconstruction", value: bernoulliLoss(reconstruction, x), weight: 1 },
      { name: "kl", value: klDivergence(posterior), weight: 8 },
    ],
  };
  const weights = vaeWeights(backbone);
  enlarge(weights);
  const optimizer = createOptimizer(adam, weights);
  return { step: vaeUpdate({ backbone, optimizer, hooks: createHooks(), batch }), state: { ...weights, ...optimizer.slots } };
}

function buildGan(): Model {
  const image = signedSpace(size, 1);
  const encoder = createVaeEncoder({ image: unitSpace(size, 1), latentDim, datasetSize: 100, init: createInitializer(2) });
  const networks = (seed: number): GanBackbone => {
    const init = createInitializer(seed);
    const decoder = createConvDecoder({ image, inputs: nuisanceDim + latentDim, init: init.scope("generator") });
    const critic = createConvEncoder({ image, outputs: 1, init: init.scope("discriminator") });
    enlarge(critic.weights);
    return {
      generator: { nuisanceDim, latentDim, output: image, weights: decoder.weights, generate: (s, c) => tf.tanh(decoder.apply(tf.concat([s, c], 1))) },
      discriminator: { weights: critic.weights, logits: (x) => critic.apply(x) },
      discriminatorLoss: ({ real, fake }) => [{ name: "adversarial", value: logisticDiscriminatorLoss(critic.apply(real), critic.apply(fake)), weight: 1 }],
      generatorLoss: ({ fake }) => [{ name: "adversarial", value: logisticGeneratorLoss(critic.apply(fake)), weight: 1 }],
    };
  };
  const [backbone, average] = [networks(3), networks(4).generator.weights];
  const generatorOptimizer = createOptimizer({ ...adam, name: "rmsprop" }, backbone.generator.weights);
  const discriminatorOptimizer = createOptimizer(adam, backbone.discriminator.weights);
  const step = ganUpdate({
    backbone, average, generatorOptimizer, discriminatorOptimizer, batch,
    teacher: freeze(encoder, image, ""), averageDecay: 0.9, averageWarmup: true, code: "paired", idWeight: 0.1, r1Weight: 10, hooks: createHooks(),
  });
  const parts: Readonly<Record<string, Weights>> = {
    generator: backbone.generator.weights, "generator's slots": generatorOptimizer.slots,
    discriminator: backbone.discriminator.weights, "discriminator's slots": discriminatorOptimizer.slots, average,
  };
  const named = Object.entries(parts).flatMap(([prefix, weights]) => Object.entries(weights).map(([name, variable]) => [`${prefix} ${name}`, variable] as const));
  return { step, state: Object.fromEntries(named) };
}

/** The feeds of one call: images in [0, 1], normal noise, learning rates. */
function feedsOf(step: Step, call: number): Record<string, Float32Array> {
  return Object.fromEntries(Object.entries(step.inputs).map(([name, shape]) => {
    const stream = createStream(9, name);
    const count = tf.util.sizeFromShape([...shape]);
    if (shape.length === 4) return [name, stream.uniform(call, count)];
    if (shape.length > 0) return [name, stream.normal(call, count)];
    return [name, Float32Array.of(name === "step" ? call : 1e-3)];
  }));
}

async function train(engine: Engine, { step, state }: Model, calls: number): Promise<Record<string, Float32Array>> {
  const compiled = await engine.compile(step);
  let outputs: Readonly<Record<string, Float32Array>> = {};
  for (let call = 0; call < calls; call++) outputs = await compiled.run(feedsOf(step, call));
  const results: Record<string, Float32Array> = { ...outputs };
  for (const [name, variable] of Object.entries(state)) results[name] = await engine.read(variable);
  await compiled.dispose();
  return results;
}

function difference(actual: Float32Array | undefined, expected: Float32Array): number {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
  return expected.reduce((most, value, i) => Math.max(most, Math.abs(value - (actual?.[i] ?? Number.NaN))), 0) / largest;
}

const onnx = (): Promise<Engine> => createOnnxEngine({ threads: 2, providers: ["cpu"] });

for (const [name, build] of Object.entries({ VAE: buildVae, "GAN with R1 and id": buildGan })) {
  test(`five updates of a ${name} agree with the eager engine`, async (t) => {
    const engine = await onnx();
    const actual = await train(engine, build(), 5);
    const expected = await train(createEagerEngine(), build(), 5);
    const worst = Object.entries(expected).map(([tensor, values]) => [tensor, difference(actual[tensor], values)] as const).filter(([, error]) => !(error <= tolerance));
    t.deepEqual(worst, []);
    await engine.dispose();
  });

  test(`two trainings of a ${name} give the same bytes`, async (t) => {
    const [first, second] = [await onnx(), await onnx()];
    t.deepEqual(await train(first, build(), 4), await train(second, build(), 4));
    await Promise.all([first.dispose(), second.dispose()]);
  });
}

test("steps share variables, which read and write see", async (t) => {
  const engine = await onnx();
  const [weight, other] = [tf.variable(tf.tensor1d([1, 2, 3])), tf.variable(tf.scalar(7))];
  const grow = await engine.compile({ name: "grow", inputs: { by: [] }, run: ({ by }) => {
    weight.assign(tf.mul(weight, by));
    return { sum: tf.sum(weight) };
  } });
  const look = await engine.compile({ name: "look", inputs: {}, run: () => ({ weight }) });
  t.deepEqual(await grow.run({ by: Float32Array.of(2) }), { sum: Float32Array.of(12) });
  t.deepEqual(await look.run({}), { weight: Float32Array.of(2, 4, 6) });
  t.deepEqual(await grow.run({ by: Float32Array.of(2) }, false), {});
  t.deepEqual(await engine.read(weight), Float32Array.of(4, 8, 12));
  await engine.write(weight, Float32Array.of(1, 0, 0));
  t.deepEqual(await look.run({}), { weight: Float32Array.of(1, 0, 0) });
  t.deepEqual(await engine.read(other), Float32Array.of(7));
  await engine.dispose();
  t.deepEqual([...weight.dataSync()], [1, 0, 0], "once the engine is gone, tfjs holds the present value");
});

test("variables swap, take inputs, and count in int32", async (t) => {
  const engine = await onnx();
  const [a, b, count] = [tf.variable(tf.scalar(1)), tf.variable(tf.scalar(2)), tf.variable(tf.scalar(0, "int32"), false, undefined, "int32")];
  const step = await engine.compile({ name: "swap", inputs: { x: [] }, run: ({ x }) => {
    const old = tf.clone(a);
    a.assign(b as tf.Tensor as tf.Scalar);
    b.assign(tf.add(old, x));
    count.assign(tf.add(count, tf.scalar(1, "int32")));
    return { before: old, x };
  } });
  await step.run({ x: Float32Array.of(10) });
  t.deepEqual(await step.run({ x: Float32Array.of(20) }), { before: Float32Array.of(2), x: Float32Array.of(20) });
  t.deepEqual([await engine.read(a), await engine.read(b), await engine.read(count)], [Float32Array.of(11), Float32Array.of(22), Float32Array.of(2)]);
  await engine.dispose();
});

test("a tf.layers model trains as the eager engine trains it", async (t) => {
  const build = (): Model => {
    const init = createStream(5, "layers");
    const model = tf.sequential({ layers: [
      tf.layers.conv2d({ inputShape: [8, 8, 2], filters: 4, kernelSize: 3, activation: "relu", padding: "same" }),
      tf.layers.averagePooling2d({ poolSize: 2 }), tf.layers.batchNormalization({}), tf.layers.flatten(), tf.layers.dense({ units: 3, activation: "elu" }),
    ] });
    model.setWeights(model.getWeights().map((weight, i) => tf.tensor(init.uniform(i, weight.size), weight.shape)));
    const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const step: Step = {
      name: "layers", inputs: { x: [4, 8, 8, 2], rate: [] },
      run: ({ x = tf.scalar(0), rate = tf.scalar(0) }) => {
        const { value, grads } = tf.variableGrads(() => tf.mean(tf.square(model.apply(x, { training: true }) as tf.Tensor)) as tf.Scalar, variables);
        for (const variable of variables) variable.assign(tf.sub(variable, tf.mul(grads[variable.name] ?? tf.scalar(0), rate)));
        return { value };
      },
    };
    return { step, state: Object.fromEntries(variables.map((variable, i) => [`w${i}`, variable])) };
  };
  const engine = await onnx();
  const [actual, expected] = [await train(engine, build(), 3), await train(createEagerEngine(), build(), 3)];
  t.deepEqual(Object.entries(expected).filter(([name, values]) => !(difference(actual[name], values) <= tolerance)).map(([name]) => name), []);
  await engine.dispose();
});

test("two thousand updates leave memory as it was", async (t) => {
  const engine = await onnx();
  const weight = tf.variable(tf.ones([64, 64]));
  const step = await engine.compile({ name: "small", inputs: { x: [64, 64] }, run: ({ x = weight }) => {
    weight.assign(tf.add(tf.mul(weight, 0.9), x) as tf.Tensor2D);
    return { mean: tf.mean(weight), weight };
  } });
  const feeds = { x: new Float32Array(64 * 64).fill(0.1) };
  const run = async (times: number): Promise<number> => {
    for (let i = 0; i < times; i++) await step.run(feeds);
    return process.memoryUsage().rss;
  };
  const [before, tensors] = [await run(1000), tf.memory().numTensors];
  const after = await run(2000);
  // What the garbage collector has not taken back yet, of 2,000 copies of 32 KiB.
  const slack = 24 * 2 ** 20;
  t.true(after - before < slack, `${(after - before) / 2 ** 20} MiB`);
  t.is(tf.memory().numTensors, tensors);
  await engine.dispose();
});

test("a feed of another size, and a provider that is missing, are named", async (t) => {
  const engine = await onnx();
  const step = await engine.compile({ name: "double", inputs: { x: [2] }, run: ({ x = tf.scalar(0) }) => ({ y: tf.add(x, x) }) });
  await t.throwsAsync(() => step.run({ x: new Float32Array(3) }), { code: "INTERNAL", message: /"x" of step "double" needs 2 numbers/ });
  await engine.dispose();
  await t.throwsAsync(() => createOnnxEngine({ threads: 1, providers: ["cuda"] }), { code: "ENGINE_UNAVAILABLE", message: /"cuda".*postinstall/ });
});
