import * as tf from "@tensorflow/tfjs";
import test from "ava";
import type { Engine } from "../contract/engine.js";
import { unitSpace } from "../contract/image-space.js";
import type { VaeBackbone } from "../contract/vae-backbone.js";
import type { Weights } from "../contract/weights.js";
import { createHooks } from "../hooks.js";
import type { OptimizerSpec } from "../ops/optimizers/optimizer.js";
import { createInitializer } from "../ops/random/initializer.js";
import { createStream } from "../ops/random/stream.js";
import { createEagerEngine } from "../trace/eager-engine.js";
import { freeze } from "./freeze.js";
import { growingGan, grainyDataset, watchingEncoder } from "./growing.test.gan.js";
import { divideBatch } from "./microbatch.js";
import { RepresentStage } from "./represent-stage.js";
import { SynthesiseStage, type SynthesiseSettings } from "./synthesise-stage.js";

/** Plain gradient descent: a step is the gradient, so that weights differ as gradients do. */
const sgd: OptimizerSpec = { name: "sgd", learningRate: 1, momentum: 0, beta1: 0, beta2: 0, epsilon: 1e-8, alpha: 0 };
/** Of a sum of float32, relative to the largest number. */
const rounding = 1e-6;
const pixelsOf = (index: number): Float32Array => createStream(1, "pixels").uniform(index, 16);

test.before(async () => {
  await tf.setBackend("cpu");
});

async function read(engine: Engine, state: Weights): Promise<Map<string, Float32Array>> {
  const values = new Map<string, Float32Array>();
  for (const [name, variable] of Object.entries(state)) values.set(name, await engine.read(variable));
  return values;
}

function furthest(a: Map<string, Float32Array>, b: Map<string, Float32Array>): number {
  let [most, largest] = [0, 0];
  for (const [name, values] of a) {
    for (const [i, value] of values.entries()) {
      most = Math.max(most, Math.abs(value - (b.get(name)?.[i] ?? Number.NaN)));
      largest = Math.max(largest, Math.abs(value));
    }
  }
  return most / largest;
}

function settingsOf(engine: Engine, microbatch: number | null, change: Partial<SynthesiseSettings> = {}): SynthesiseSettings {
  const backbone = { ...growingGan({ phase: () => ({ key: "4-fading", resolution: 4, batch: 6, fadeIn: 0.3 }) }), ...change.backbone };
  return {
    engine,
    backbone,
    average: growingGan().generator.weights,
    teacher: freeze(watchingEncoder().encoder, backbone.generator.output, ""),
    dataset: grainyDataset(7, pixelsOf).dataset,
    hooks: createHooks(),
    seed: 1,
    steps: 2,
    batch: 6,
    microbatch,
    code: "paired",
    idWeight: 0.1,
    r1Weight: 1,
    r1Interval: 1,
    averageDecay: 0.9,
    averageWarmup: true,
    generatorOptimizer: sgd,
    discriminatorOptimizer: sgd,
    ...change,
    ...(change.backbone && { backbone }),
  };
}

for (const microbatch of [1, 2, 3]) {
  test(`gradients, losses, averages and statistics of a GAN in microbatches of ${microbatch} are the whole batch's`, async (t) => {
    const engine = createEagerEngine();
    const results = [];
    for (const size of [null, microbatch]) {
      const stage = await SynthesiseStage.create(settingsOf(engine, size));
      const before = await read(engine, stage.state);
      const { losses } = await stage.update(true);
      const { losses: later } = await stage.update(true);
      const after = await read(engine, stage.state);
      results.push({ losses: new Map([...Object.entries(losses), ...Object.entries({ later: later["discriminator/r1"] })].map(([name, value]) => [name, Float32Array.of(value ?? Number.NaN)])), before, after });
      await stage.dispose();
    }
    const [whole, parts] = results;
    t.true(furthest(whole!.after, parts!.after) < rounding, String(furthest(whole!.after, parts!.after)));
    t.true(furthest(whole!.losses, parts!.losses) < rounding);
    t.true(furthest(whole!.after, whole!.before) > 0.01, "something was trained");
  });
}

test("a backbone's state hears of the losses of the whole batch, once in an update", async (t) => {
  const engine = createEagerEngine();
  const told: number[][] = [];
  for (const size of [null, 2]) {
    const seen = createInitializer(1).constant("seen", [2], 0);
    const state = { weights: { seen }, update: (losses: Readonly<Record<string, tf.Scalar>>) => seen.assign(tf.add(seen, tf.stack([losses["discriminator/r1"]!, losses["generator/id"]!]))) };
    const stage = await SynthesiseStage.create(settingsOf(engine, size, { backbone: { ...growingGan(), growth: { phase: () => ({ key: "4", resolution: 4, fadeIn: 1 }) }, state } }));
    await stage.update(false);
    told.push(Array.from(await engine.read(seen)));
    await stage.dispose();
  }
  t.true(Math.abs(told[0]![0]! / told[1]![0]! - 1) < rounding && Math.abs(told[0]![1]! / told[1]![1]! - 1) < rounding, JSON.stringify(told));
});

/** A VAE whose loss is the squared error and the KL, and needs noise. */
function noisyVae(): VaeBackbone {
  const init = createInitializer(2);
  const [into, out] = [init.normal("into", [16, 2], 0.3), init.normal("out", [1, 16], 0.3)] as tf.Variable<tf.Rank.R2>[];
  return {
    encoder: {
      latentDim: 1,
      input: unitSpace(4, 1),
      weights: { into: into! },
      encode(x) {
        const [mean, logVar] = tf.split(tf.matMul(tf.reshape(x, [-1, 16]), into!), 2, 1) as [tf.Tensor2D, tf.Tensor2D];
        return { mean, logVar };
      },
    },
    decoder: { output: unitSpace(4, 1), weights: { out: out! }, decode: (c) => tf.reshape(tf.matMul(c, out!), [-1, 4, 4, 1]), image: (decoded) => tf.sigmoid(decoded) },
    batchGroup: 1,
    lossConvention: "squared error",
    noise: (batch) => ({ grain: { shape: [batch, 1], distribution: "normal" } }),
    loss: ({ x, reconstruction, posterior, noise }) => [
      { name: "reconstruction", value: tf.mean(tf.squaredDifference(x, reconstruction)), weight: 1 },
      { name: "mean", value: tf.mean(tf.square(tf.sub(posterior.mean, noise["grain"]!))), weight: 1 },
    ],
  };
}

test("gradients of a VAE in microbatches are the whole batch's", async (t) => {
  const engine = createEagerEngine();
  const results = [];
  for (const microbatch of [null, 2]) {
    const stage = await RepresentStage.create({ engine, hooks: createHooks(), backbone: noisyVae(), dataset: grainyDataset(7, pixelsOf).dataset, seed: 1, steps: 2, batch: 6, microbatch, optimizer: sgd, adversaryOptimizer: sgd });
    const before = await read(engine, stage.state);
    await stage.update(true);
    const { losses } = await stage.update(true);
    results.push({ before, after: await read(engine, stage.state), losses: new Map(Object.entries(losses).map(([name, value]) => [name, Float32Array.of(value)])) });
    await stage.dispose();
  }
  const [whole, parts] = results;
  t.true(furthest(whole!.after, parts!.after) < rounding, String(furthest(whole!.after, parts!.after)));
  t.true(furthest(whole!.losses, parts!.losses) < rounding);
  t.true(furthest(whole!.after, whole!.before) > 0.01);
});

test("parts that would not add up to the whole are refused, with the reason", (t) => {
  const divide = (microbatch: number | null, batchGroup: number | undefined, noise: Parameters<typeof divideBatch>[0]["noise"] = []) => divideBatch({ key: "synthesise.microbatch", microbatch, batch: 12, batchGroup, noise });
  t.deepEqual(divide(4, 4), { size: 4, count: 3 });
  t.is(divide(null, undefined), undefined);
  t.is(divide(12, undefined), undefined);
  t.is(divide(100, undefined), undefined);
  t.throws(() => divide(4, undefined), { code: "CONFIG_VALUE", message: /batch norm.*batchGroup/ });
  t.throws(() => divide(6, 4), { code: "CONFIG_VALUE", message: /groups of 4.*multiple of 4/ });
  t.throws(() => divide(5, 1), { code: "CONFIG_VALUE", message: /12 images cannot be divided into parts of 5/ });
  t.throws(() => divide(4, 1, [{ shuffle: { shape: [12], distribution: "permutation" } }]), { code: "CONFIG_VALUE", message: /noise "shuffle"/ });
});

test("a stage in microbatches leaves no tensors behind", async (t) => {
  const engine = createEagerEngine();
  const stage = await SynthesiseStage.create(settingsOf(engine, 3));
  await stage.update(true);
  const before = tf.memory().numTensors;
  await stage.update(false);
  t.is(tf.memory().numTensors, before);
  await stage.dispose();
});
