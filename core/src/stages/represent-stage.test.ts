import * as tf from "@tensorflow/tfjs";
import test from "ava";
import type { BatchDraw, Dataset } from "../contract/dataset.js";
import { unitSpace } from "../contract/image-space.js";
import type { VaeBackbone } from "../contract/vae-backbone.js";
import { createHooks } from "../hooks.js";
import { createInitializer } from "../ops/random/initializer.js";
import type { OptimizerSpec } from "../ops/optimizers/optimizer.js";
import { createEagerEngine } from "../trace/eager-engine.js";
import { expectBatches } from "./batch-order.js";
import { RepresentStage, type RepresentStepSettings } from "./represent-stage.js";

const image = unitSpace(1, 1);
const batch = 2;
const sgd: OptimizerSpec = { name: "sgd", learningRate: 0.1, momentum: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, alpha: 0.99 };

test.before(async () => {
  await tf.setBackend("cpu");
});

/** Images of one pixel, image i of brightness i / 10, and a list of the batches that were asked for. */
function countingDataset(size: number): { readonly dataset: Dataset; readonly asked: number[][]; readonly draws: BatchDraw[] } {
  const asked: number[][] = [];
  const draws: BatchDraw[] = [];
  const dataset: Dataset = {
    name: "counting",
    fingerprint: "counting",
    size,
    image,
    batch(indices, draw) {
      asked.push(Array.from(indices));
      if (draw !== undefined) draws.push(draw);
      return Promise.resolve(Float32Array.from(indices, (i) => i / 10));
    },
  };
  return { dataset, asked, draws };
}

/** One weight for the mean, one for the decoder, and an adversary whose only term is the mean brightness of its second batch, or of the first. */
function tinyVae(secondBatch: boolean): VaeBackbone {
  const init = createInitializer(1);
  const scale = init.constant("scale", [1, 1], 0.5) as tf.Variable<tf.Rank.R2>;
  const gain = init.constant("gain", [1], 1);
  const rival = init.constant("rival", [], 2);
  return {
    encoder: {
      latentDim: 1,
      input: image,
      weights: { scale },
      encode: (x) => {
        const mean = tf.matMul(tf.reshape(x, [-1, 1]), scale) as tf.Tensor2D;
        return { mean, logVar: tf.zerosLike(mean) };
      },
    },
    decoder: { output: image, weights: { gain }, decode: (c) => tf.reshape(tf.mul(c, gain), [-1, 1, 1, 1]), image: (decoded) => tf.clipByValue(decoded, 0, 1) },
    lossConvention: "squared error, averaged over everything",
    loss: ({ x, reconstruction }) => [{ name: "reconstruction", value: tf.mean(tf.squaredDifference(x, reconstruction)), weight: 1 }],
    adversary: {
      weights: { rival },
      secondBatch,
      loss: ({ x, second }) => [{ name: "brightness", value: tf.mul<tf.Scalar>(tf.mean((second ?? { x }).x), rival), weight: 1 }],
    },
  };
}

/** Six updates: the batches that they took, the VAE's losses and the adversary's. */
async function trainTiny(secondBatch: boolean): Promise<{ readonly asked: readonly number[][]; readonly draws: readonly BatchDraw[]; readonly own: readonly number[]; readonly rival: readonly number[] }> {
  const { dataset, asked, draws } = countingDataset(6);
  const engine = createEagerEngine();
  const stage = await RepresentStage.create({ ...settingsOf(tinyVae(secondBatch)), engine, dataset, seed: 1, steps: 6 });
  const [own, rival]: [number[], number[]] = [[], []];
  while (stage.step < stage.steps) {
    const { losses } = await stage.update(true);
    own.push(losses["reconstruction"] ?? Number.NaN);
    rival.push(losses["adversary/brightness"] ?? Number.NaN);
  }
  await stage.dispose();
  await engine.dispose();
  return { asked, draws, own, rival };
}

function settingsOf(backbone: VaeBackbone): RepresentStepSettings {
  return { backbone, hooks: createHooks(), batch, optimizer: sgd, adversaryOptimizer: { ...sgd, learningRate: 0 } };
}

test("an adversary's second batch has an order of its own, and the VAE's batches and losses are those of a run without it", async (t) => {
  const [alone, both] = [await trainTiny(false), await trainTiny(true)];
  t.is(both.asked.length, 12);
  // Each batch is told what it is drawn for, so that what a dataset makes random is a function of the update's number.
  const told = (purpose: BatchDraw["purpose"]): BatchDraw[] => [0, 1, 2, 3, 4, 5].map((step) => ({ stage: "represent", purpose, step, first: 0 }));
  t.deepEqual(alone.draws, told("real"));
  t.deepEqual(both.draws.filter(({ purpose }) => purpose === "second"), told("second"));
  const [first, second] = [0, 1].map((which) => both.asked.filter((_, call) => call % 2 === which)) as [number[][], number[][]];
  t.deepEqual(first, alone.asked);
  t.deepEqual(both.own, alone.own);
  for (const epoch of [second.slice(0, 3), second.slice(3)]) t.deepEqual(epoch.flat().toSorted(), [0, 1, 2, 3, 4, 5]);
  t.notDeepEqual(second, first);
  // Its weight stays 2, so the adversary's term is twice the mean brightness of the second batch.
  for (const [step, images] of second.entries()) {
    const brightness = images.reduce((sum, i) => sum + i / 10, 0) / batch;
    t.true(Math.abs((both.rival[step] ?? Number.NaN) - 2 * brightness) < 1e-6);
  }
});

test("a check of the stage traces it and leaves nothing behind", (t) => {
  const backbone = tinyVae(true);
  const before = tf.memory().numTensors;
  RepresentStage.check(settingsOf(backbone));
  t.is(tf.memory().numTensors, before);
  const faulty: VaeBackbone = { ...backbone, loss: () => [{ name: "total", value: tf.scalar(1), weight: 1 }] };
  t.throws(() => RepresentStage.check(settingsOf(faulty)), { code: "BACKBONE_INVALID", message: /"total"/ });
  t.is(tf.memory().numTensors, before);
});

test("batches larger than the dataset are refused all at once, by their keys", (t) => {
  t.notThrows(() => expectBatches(10, { represent: 10, synthesise: 1 }));
  t.throws(() => expectBatches(10, { represent: 64, synthesise: 64 }), { code: "DATA_INVALID", message: "The dataset has 10 images, fewer than one batch of 64. Set represent.batch and synthesise.batch to 10 or less." });
  t.throws(() => expectBatches(10, { represent: 64, synthesise: 16 }), { message: /batch of 64 or of 16\. Set represent\.batch and synthesise\.batch to 10/ });
  t.throws(() => expectBatches(10, { represent: 8, synthesise: 16 }), { message: /batch of 16\. Set synthesise\.batch to 10/ });
});
