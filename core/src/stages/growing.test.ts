import * as tf from "@tensorflow/tfjs";
import test from "ava";
import type { Engine } from "../contract/engine.js";
import type { Growth, Phase } from "../contract/growth.js";
import type { Weights } from "../contract/weights.js";
import { createHooks } from "../hooks.js";
import type { OptimizerSpec } from "../ops/optimizers/optimizer.js";
import { createStream } from "../ops/random/stream.js";
import { createEagerEngine } from "../trace/eager-engine.js";
import { freeze } from "./freeze.js";
import { growingGan, grainyDataset, tinyGrowth, watchingEncoder } from "./growing.test.gan.js";
import { grownTo } from "./grown.js";
import { GrowthSchedule } from "./growth-schedule.js";
import { fade, leastSize, shrink } from "./shrink.js";
import { SynthesiseStage, type SynthesiseSettings } from "./synthesise-stage.js";

const adam: OptimizerSpec = { name: "adam", learningRate: 0.01, beta1: 0.5, beta2: 0.9, epsilon: 1e-8, alpha: 0.99, momentum: 0 };
const pixelsOf = (index: number): Float32Array => createStream(1, "pixels").uniform(index, 16);

test.before(async () => {
  await tf.setBackend("cpu");
});

function settingsOf(engine: Engine, change: Partial<SynthesiseSettings> = {}): SynthesiseSettings {
  const backbone = growingGan();
  const { encoder } = watchingEncoder();
  return {
    engine,
    backbone,
    average: growingGan().generator.weights,
    teacher: freeze(encoder, backbone.generator.output, ""),
    dataset: grainyDataset(5, pixelsOf).dataset,
    hooks: createHooks(),
    seed: 1,
    steps: 9,
    batch: 3,
    code: "paired",
    idWeight: 0.1,
    r1Weight: 1,
    r1Interval: 1,
    averageDecay: 0.9,
    averageWarmup: false,
    generatorOptimizer: adam,
    discriminatorOptimizer: { ...adam, learningRate: 0.02 },
    ...change,
  };
}

const bytesOf = async (engine: Engine, state: Weights): Promise<Record<string, number[]>> =>
  Object.fromEntries(await Promise.all(Object.entries(state).map(async ([name, variable]) => [name, Array.from(await engine.read(variable))] as const)));

test("a schedule counts images through batches of any size, forwards and backwards", (t) => {
  const schedule = new GrowthSchedule(tinyGrowth, 4, 3);
  const shown = Array.from({ length: 9 }, (_, step) => schedule.at(step).imagesShown);
  t.deepEqual(shown, [0, 4, 8, 10, 12, 14, 16, 18, 20]);
  t.deepEqual([schedule.at(3).imagesShown, schedule.at(0).imagesShown], [10, 0]);
  t.deepEqual([2, 6].map((step) => schedule.at(step).phase.key), ["4-fading", "4"]);
  t.deepEqual(Array.from({ length: 9 }, (_, step) => schedule.begins(step)), [false, false, true, false, false, false, true, false, false]);
  t.deepEqual(schedule.starts(9).map(({ step, phase }) => [step, phase.key]), [[0, "2"], [2, "4-fading"], [6, "4"]]);
  const constant = new GrowthSchedule({ phase: () => ({ key: "4", resolution: 4, fadeIn: 1 }) }, 4, 3);
  t.is(constant.at(1_000).imagesShown, 3_000);
});

const whole: Phase = { key: "4", resolution: 4, fadeIn: 1 };
const then = (phase: Phase): Growth => ({ phase: (shown) => (shown === 0 ? { key: "2", resolution: 2, fadeIn: 1 } : phase) });
const refusals: readonly (readonly [what: string, growth: Growth, message: RegExp])[] = [
  ["a size that is no power of two below the image's", { phase: () => ({ ...whole, resolution: 3 }) }, /after 0 images makes images of 3 pixels, and images of 16 pixels can only be halved/],
  ["a hole", then({ ...whole, key: "8", resolution: 8 }), /after 6 images jumps from 2 to 8 pixels.*a phase is missing/],
  ["a phase that shrinks", { phase: (shown) => (shown === 0 ? whole : { ...whole, key: "2", resolution: 2 }) }, /jumps from 4 to 2/],
  ["a batch of no images", { phase: () => ({ ...whole, batch: 0 }) }, /a batch of 0/],
  ["a fadeIn of nothing", { phase: () => ({ ...whole, fadeIn: 0 }) }, /a fadeIn of 0/],
  ["a learning rate of nothing", { phase: () => ({ ...whole, generatorRate: 0 }) }, /learning rate/],
  ["no key", { phase: () => ({ ...whole, key: "" }) }, /no key/],
  ["one key for two sizes", then({ ...whole, key: "2" }), /named "2" as the one before/],
];
for (const [what, growth, message] of refusals) {
  test(`${what} is refused`, (t) => {
    t.throws(() => new GrowthSchedule(growth, 16, 6).at(3), { code: "BACKBONE_INVALID", message });
  });
}

test("images are shrunk to the mean of their boxes, and fade from half their size", (t) => {
  const image = Float32Array.from({ length: 32 }, (_, i) => i); // two images of 4x4
  t.deepEqual(Array.from(shrink(image, 4, 2, 1)), [2.5, 4.5, 10.5, 12.5, 18.5, 20.5, 26.5, 28.5]);
  t.deepEqual(Array.from(shrink(Float32Array.from([1, 10, 3, 30, 5, 50, 7, 70]), 2, 1, 2)), [4, 40]);
  const faded = fade(image.slice(), 4, 1, 0.25);
  t.is(faded[0], 2.5 + 0.25 * (0 - 2.5));
  t.is(faded[16 + 7], 20.5 + 0.25 * (23 - 20.5));
  t.deepEqual(Array.from(fade(Float32Array.from([1, 10, 3, 30, 5, 50, 7, 70]), 2, 2, 0.5)), [2.5, 25, 3.5, 35, 4.5, 45, 5.5, 55]);
  t.deepEqual([leastSize({ height: 1024 }, 64), leastSize({ height: 64 }, 64), leastSize({ height: 48 }, 10), leastSize({ height: 32 }, 64)], [64, 64, 12, 32]);
});

test("a stage walks through the phases: their sizes, batches, images and learning rates", async (t) => {
  const engine = createEagerEngine();
  const compiled: string[] = [];
  const fed: Record<string, Float32Array>[] = [];
  const watched: Engine = {
    ...engine,
    async compile(step) {
      compiled.push(step.name);
      const made = await engine.compile(step);
      return { ...made, run: (feeds, fetch) => (fed.push(feeds), made.run(feeds, fetch)) };
    },
  };
  const { dataset, asked } = grainyDataset(5, pixelsOf);
  const stage = await SynthesiseStage.create(settingsOf(watched, { dataset, steps: 8 }));
  const results = [];
  while (stage.step < stage.steps) results.push(await stage.update(true));
  t.deepEqual(compiled, ["gan-update-r1-2", "gan-update-r1-4-fading", "gan-update-r1-4"]);
  t.deepEqual(results.map(({ imagesShown }) => imagesShown), [4, 8, 10, 12, 14, 16, 18, 20]);
  t.is(results[2]?.phase?.key, "4-fading");
  t.deepEqual(fed.map(({ fadeIn }) => fadeIn?.[0]), [1, 1, 0.2, 0.4, 0.6, 0.8, 1, 1].map(Math.fround));
  t.deepEqual(fed.map(({ generatorLearningRate }) => generatorLearningRate?.[0]), [1, 1, 1, 1, 1, 1, 2, 2].map((factor) => Math.fround(0.01 * factor)));
  t.deepEqual(fed.map(({ discriminatorLearningRate }) => discriminatorLearningRate?.[0]), [1, 1, 1, 1, 1, 1, 3, 3].map((factor) => Math.fround(0.02 * factor)));
  t.deepEqual(fed.map(({ real }) => real?.length), [16, 16, 32, 32, 32, 32, 32, 32]);
  // Every image is shown once before any is shown again, whatever the batches; codes are drawn from the same images, unshrunk and unfaded.
  const shown = asked.filter((_, call) => call % 2 === 0).flat();
  t.deepEqual(shown.length, 20);
  for (let epoch = 0; epoch < 4; epoch += 1) t.deepEqual(shown.slice(5 * epoch, 5 * epoch + 5).toSorted(), [0, 1, 2, 3, 4]);
  t.deepEqual(asked.filter((_, call) => call % 2 === 1).flat(), shown);
  const expected = pixelsOf(asked[0]?.[0] ?? -1).map((value) => 2 * value - 1);
  t.deepEqual(fed[0]?.["codeImages"]?.slice(0, 16), expected);
  t.true(Math.abs((fed[0]?.["real"]?.[0] ?? Number.NaN) - (expected[0]! + expected[1]! + expected[4]! + expected[5]!) / 4) < 1e-6);
  await stage.dispose();
});

let ended: Promise<Record<string, number[]>> | undefined;

/** What a stage that nothing stopped ends with; made once. */
function undisturbed(engine: Engine): Promise<Record<string, number[]>> {
  return (ended ??= (async () => {
    const stage = await SynthesiseStage.create(settingsOf(engine));
    while (stage.step < stage.steps) await stage.update(true);
    const bytes = await bytesOf(engine, stage.state);
    await stage.dispose();
    return bytes;
  })());
}

for (const stop of [1, 2, 6, 7]) {
  test(`stopped after ${stop} updates and continued from what a checkpoint holds, a stage ends with the same bytes`, async (t) => {
    const engine = createEagerEngine();
    const first = await SynthesiseStage.create(settingsOf(engine));
    while (first.step < stop) await first.update(true);
    const saved = await bytesOf(engine, first.state);
    const second = await SynthesiseStage.create(settingsOf(engine, { step: stop }));
    for (const [name, variable] of Object.entries(second.state)) await engine.write(variable, Float32Array.from(saved[name] ?? []));
    while (second.step < second.steps) await second.update(true);
    t.deepEqual(await bytesOf(engine, second.state), await undisturbed(engine));
    for (const stage of [first, second]) await stage.dispose();
  });
}

test("optimizers begin anew with each phase, and only what a phase trains moves", async (t) => {
  const engine = createEagerEngine();
  const settings = settingsOf(engine);
  const stage = await SynthesiseStage.create(settings);
  const begin = await bytesOf(engine, stage.state);
  await stage.update(true);
  await stage.update(true);
  const small = await bytesOf(engine, stage.state);
  t.deepEqual(small["generator/fine"], begin["generator/fine"]);
  t.deepEqual(small["average/fine"], begin["average/fine"]);
  t.notDeepEqual(small["generator/coarse"], begin["generator/coarse"]);
  const correction = 1 - adam.beta1;
  t.deepEqual(small["generatorOptimizer/correction/mean"], [Math.fround(1 - adam.beta1 ** 2)]);
  await stage.update(true);
  t.deepEqual((await bytesOf(engine, stage.state))["generatorOptimizer/correction/mean"], [Math.fround(correction)]);
  for (let i = 0; i < 4; i += 1) await stage.update(true);
  const grown = await bytesOf(engine, stage.state);
  t.deepEqual(grown["generatorOptimizer/correction/mean"], [Math.fround(correction)]);
  t.deepEqual(grown["generatorOptimizer/coarse/mean"], [0, 0, 0, 0, 0, 0, 0, 0]);
  await stage.dispose();
});

test("the mean that a generator follows, and its average, are what the formulas say", async (t) => {
  const engine = createEagerEngine();
  const settings = settingsOf(engine, { averageHalfLife: 8 });
  const stage = await SynthesiseStage.create(settings);
  await stage.update(true);
  const s = createStream(1, "synthesise/nuisance/generator").normal(0, 4);
  const mean = 0.5 * (s.reduce((sum, value) => sum + value, 0) / 4);
  const { "generator/meanOfS": followed = [], "average/meanOfS": average = [] } = await bytesOf(engine, stage.state);
  t.true(Math.abs(followed[0]! - mean) < 1e-6);
  // 4 of 8 images: the average has kept half to the power of a half.
  t.true(Math.abs(average[0]! - (1 - Math.SQRT1_2) * mean) < 1e-6);
  await stage.dispose();
});

test("the encoder reads generated images at its own size, however small they are", async (t) => {
  const engine = createEagerEngine();
  const { encoder, seen } = watchingEncoder();
  const settings = settingsOf(engine);
  const stage = await SynthesiseStage.create({ ...settings, teacher: freeze(encoder, settings.backbone.generator.output, "") });
  await stage.update(true);
  t.deepEqual([...seen], [4]);
  await stage.dispose();
});

test("a generator is looked at as it stands: small images with their pixels repeated", (t) => {
  const { generator } = growingGan();
  const [s, c] = [tf.ones<tf.Rank.R2>([1, 1]), tf.ones<tf.Rank.R2>([1, 1])];
  const small = grownTo(generator, tinyGrowth.phase(0)).generate(s, c);
  t.deepEqual(small.shape, [1, 4, 4, 1]);
  const rows = (tf.squeeze(small) as tf.Tensor2D).arraySync();
  t.is(rows[0]![0], rows[1]![1]);
  t.not(rows[0]![0], rows[0]![2]);
  const blended = grownTo(generator, tinyGrowth.phase(10)).generate(s, c).arraySync()[0]![0]![0]![0]!;
  const fine = generator.generate(s, c).arraySync()[0]![0]![0]![0]!;
  t.true(Math.abs(blended - (rows[0]![0]! + 0.4 * (fine - rows[0]![0]!))) < 1e-6);
  t.is(grownTo(generator, undefined), generator);
});

test("a check traces every phase that the run comes to, and leaves nothing behind", (t) => {
  const settings = settingsOf(createEagerEngine());
  const before = tf.memory().numTensors;
  SynthesiseStage.check(settings);
  t.is(tf.memory().numTensors, before);
  const { backbone } = settings;
  const faulty = { ...backbone, discriminatorLoss: (step: Parameters<typeof backbone.discriminatorLoss>[0]) => (step.phase?.key === "4" ? [] : backbone.discriminatorLoss(step)) };
  t.notThrows(() => SynthesiseStage.check({ ...settings, backbone: faulty, r1Weight: 0, steps: 6 }));
  t.throws(() => SynthesiseStage.check({ ...settings, backbone: faulty, r1Weight: 0, steps: 7 }), { code: "BACKBONE_INVALID", message: /No loss term/ });
});
