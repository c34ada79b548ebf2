import { IdganError, RepresentStage, SynthesiseStage, createEagerEngine, createHooks, createInitializer, defaultOptions, definePlugin, freeze, signedSpace, unitSpace, type Engine, type GanPlugin, type Stage, type VaePlugin } from "@idgan/core";
import tensorflow, { type EngineOptions } from "@idgan/engine-tensorflow";
import betatcvae from "@idgan/plugin-betatcvae";
import betavae from "@idgan/plugin-betavae";
import dcgan from "@idgan/plugin-dcgan";
import dipvae from "@idgan/plugin-dipvae";
import factorvae from "@idgan/plugin-factorvae";
import resnetgan from "@idgan/plugin-resnetgan";
import sprites from "@idgan/plugin-sprites";
import stylegan from "@idgan/plugin-stylegan";
import { engineChecks, ganChecks, referenceGan, referenceVae, vaeChecks, type Check } from "@idgan/testkit";
import * as tf from "@tensorflow/tfjs";
import test from "ava";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { temporaryFolder, trained } from "./tiny-run.js";

/** Where TensorFlow is not installed (`idgan engine install tensorflow`), these tests are skipped by name; where it must be, as in CI, they fail. */
const required = process.env["TEST_REQUIRE"]?.split(",").includes("tensorflow") ?? false;
const standard = defaultOptions(tensorflow) as unknown as EngineOptions;
const { available, lines } = await tensorflow.probe(standard);
const here = available || required ? test.serial : test.serial.skip;

/** Largest difference after five updates of a tensor, as a share of its own Euclidean norm: the kit's measure. */
const tolerance = 1e-4;
const updates = 5;

here("TensorFlow is installed where it must be", (t) => t.true(available, lines.join("\n")));

const onTensorflow = { engine: () => tensorflow.create(standard) };
const smallDiscriminator = { hiddenLayers: 2, width: 16 };
const smallStyles = { width: 32, maxWidth: 6, styleDim: 8, mappingLayers: 2 };

const always: Readonly<Record<string, readonly Check[]>> = {
  "engine-tensorflow": engineChecks(tensorflow),
  "engine-tensorflow, kernel by kernel,": engineChecks(tensorflow, { options: { mode: "eager" } }),
  "the reference VAE": vaeChecks(referenceVae, onTensorflow),
  "the reference GAN": ganChecks(referenceGan, onTensorflow),
};

/** Every backbone, which takes a minute: where the engine must be there, as in CI. */
const backbones: Readonly<Record<string, readonly Check[]>> = {
  betavae: vaeChecks(betavae, onTensorflow),
  "factorvae in colour": vaeChecks(factorvae, { channels: 3, options: smallDiscriminator, ...onTensorflow }),
  betatcvae: vaeChecks(betatcvae, onTensorflow),
  dipvae: vaeChecks(dipvae, onTensorflow),
  "dcgan's official pair": ganChecks(dcgan, onTensorflow),
  "dcgan's Radford pair": ganChecks(dcgan, { channels: 3, options: { architecture: "dcgan", width: 8 }, ...onTensorflow }),
  resnetgan: ganChecks(resnetgan, { size: 16, channels: 3, options: { width: 4, maxWidth: 6 }, ...onTensorflow }),
  "resnetgan with a bottleneck": ganChecks(resnetgan, { channels: 3, options: { width: 4, bottleneck: true }, ...onTensorflow }),
  stylegan: ganChecks(stylegan, { size: 8, channels: 3, options: smallStyles, ...onTensorflow }),
  "the progressive GAN, with WGAN-GP,": ganChecks(stylegan, { size: 8, options: { ...smallStyles, architecture: "progressive", loss: "wasserstein" }, ...onTensorflow }),
};

for (const [subject, checks] of Object.entries({ ...always, ...(required ? backbones : {}) })) {
  for (const check of checks) here(`on TensorFlow, ${subject} ${check.title}`, async (t) => t.notThrowsAsync(check.run()));
}

const size = 8;
const latentDim = 4;
const adam = { name: "adam", learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, alpha: 0.99, momentum: 0 } as const;
const dataset = await sprites.open(defaultOptions(sprites) as unknown as Parameters<typeof sprites.open>[0], { size, folder: ".", seed: 1 });

/**
 * With the usual small weights a first KL, and the real and the fake half of a first gradient, cancel but for rounding: nothing to compare,
 * and Adam would blow it up.
 */
function enlarge(weights: Readonly<Record<string, tf.Variable>>): void {
  for (const weight of Object.values(weights)) tf.tidy(() => weight.assign(tf.mul(weight, 4)));
}

async function vaeStage(engine: Engine, plugin: VaePlugin, options: object): Promise<Stage> {
  const backbone = plugin.build({ ...(defaultOptions(plugin) as object), ...options }, { image: unitSpace(size, 1), latentDim, datasetSize: dataset.size, init: createInitializer(1) });
  enlarge({ ...backbone.encoder.weights, ...backbone.decoder.weights, ...backbone.adversary?.weights });
  return RepresentStage.create({ engine, backbone, dataset, hooks: createHooks(), seed: 1, steps: updates, batch: 2, optimizer: adam, adversaryOptimizer: adam });
}

async function ganStage(engine: Engine, plugin: GanPlugin, options: object): Promise<Stage> {
  const init = createInitializer(1);
  const vae = betavae.build(defaultOptions(betavae) as never, { image: unitSpace(size, 1), latentDim, datasetSize: dataset.size, init: init.scope("vae") });
  const image = signedSpace(size, 1);
  const build = (scope: string) => plugin.build({ ...(defaultOptions(plugin) as object), ...options }, { image, latentDim, nuisanceDim: 2, init: init.scope(scope) });
  const [backbone, average] = [build("gan"), build("average").generator.weights];
  enlarge(backbone.discriminator.weights);
  return SynthesiseStage.create({
    engine, backbone, average, dataset, hooks: createHooks(), seed: 1, steps: updates, batch: 2, teacher: freeze(vae.encoder, image, ""), code: "paired", idWeight: 0.1, r1Weight: 10, r1Interval: 1,
    averageDecay: 0.9, averageWarmup: true, generatorOptimizer: { ...adam, name: "rmsprop" }, discriminatorOptimizer: adam,
  });
}

/** Losses of each update, and every tensor that a checkpoint would hold, after the last. */
async function results(engine: Engine, create: (engine: Engine) => Promise<Stage>): Promise<Record<string, Float32Array>> {
  const stage = await create(engine);
  const found: Record<string, Float32Array> = {};
  for (let update = 1; update <= updates; update += 1) {
    const { losses } = await stage.update(true);
    for (const [name, value] of Object.entries(losses)) found[`${name} of update ${update}`] = Float32Array.of(value);
  }
  for (const [name, variable] of Object.entries(stage.state)) found[name] = await engine.read(variable);
  await stage.dispose();
  await engine.dispose();
  return found;
}

function difference(actual: Float32Array | undefined, expected: Float32Array): number {
  const norm = (values: Float32Array): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return norm(expected.map((value, i) => value - (actual?.[i] ?? Number.NaN))) / Math.max(norm(expected), 1e-6);
}

const stages: Readonly<Record<string, (engine: Engine) => Promise<Stage>>> = {
  "a VAE": (engine) => vaeStage(engine, betavae as VaePlugin, { beta: 8 }),
  "a FactorVAE": (engine) => vaeStage(engine, factorvae as VaePlugin, smallDiscriminator),
  "a GAN with R1 and id": (engine) => ganStage(engine, dcgan as GanPlugin, { architecture: "official" }),
  "a DCGAN with batch norm, R1 and id": (engine) => ganStage(engine, dcgan as GanPlugin, { architecture: "dcgan", width: 8 }),
};

for (const [name, create] of Object.entries(stages)) {
  here(`on TensorFlow, five updates of ${name} agree with the eager engine`, async (t) => {
    const expected = await results(createEagerEngine(), create);
    const actual = await results(await onTensorflow.engine(), create);
    const worst = Object.entries(expected).map(([tensor, values]) => [tensor, difference(actual[tensor], values)] as const).filter(([, error]) => !(error <= tolerance));
    t.true(Object.keys(expected).length > 20);
    t.deepEqual(worst, []);
  });
}

/** V8 gives memory back late: without this, what is measured is its ease. */
function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}

here("on TensorFlow, two thousand updates leave memory as it was", async (t) => {
  const engine = await onTensorflow.engine();
  const weight = tf.variable(tf.ones([64, 64]));
  const step = await engine.compile({ name: "small", inputs: { x: [64, 64] }, run: ({ x = weight }) => {
    weight.assign(tf.add(tf.mul(weight, 0.9), x) as tf.Tensor2D);
    return { mean: tf.mean(weight), weight };
  } });
  const feeds = { x: new Float32Array(64 * 64).fill(0.1) };
  const run = async (times: number): Promise<number> => {
    for (let i = 0; i < times; i++) await step.run(feeds, i % 100 === 0);
    collectGarbage();
    return process.memoryUsage.rss();
  };
  /** TensorFlow.js's own, and those that TensorFlow holds for it. */
  const liveTensors = (): number => tf.memory().numTensors + (tf.findBackend("tensorflow") as unknown as { readonly binding: { getNumOfTensors(): number } }).binding.getNumOfTensors();
  const [before, tensors] = [await run(2000), liveTensors()];
  const after = await run(2000);
  // A hundredth; 2,000 forgotten inputs, or weights, would be 32 MiB.
  const slack = 4 * 2 ** 20;
  t.true(after - before < slack, `${(after - before) / 2 ** 20} MiB`);
  t.is(liveTensors(), tensors);
  await engine.dispose();
});

here("on TensorFlow, signals and timers are served between updates", async (t) => {
  const engine = await onTensorflow.engine();
  const step = await engine.compile({ name: "turns", inputs: { x: [1] }, run: ({ x = tf.scalar(0) }) => ({ y: tf.square(x) }) });
  let turns = 0;
  const count = (): void => {
    turns += 1;
    waiting = setImmediate(count);
  };
  let waiting = setImmediate(count);
  for (let i = 0; i < 8; i += 1) await step.run({ x: Float32Array.of(i) });
  clearImmediate(waiting);
  t.true(turns >= 4, `${turns} turns in 8 updates`);
  await engine.dispose();
});

here("a run may change its engine in the middle of each stage, and ends where a run on one engine ends", async (t) => {
  const ends = new Map<string, Float32Array>();
  for (const engines of [["onnx", "onnx", "onnx"], ["tensorflow", "tensorflow", "tensorflow"], ["onnx", "tensorflow", "onnx"], ["tensorflow", "onnx", "tensorflow"]] as const) {
    const out = join(temporaryFolder(), "run");
    await trainedUntil(out, engines[0], { stage: "represent", step: 5 });
    await trainedUntil(out, engines[1], { stage: "synthesise", step: 7 });
    await trainedUntil(out, engines[2]);
    ends.set(engines.join(", "), checkpointValues(out, "synthesise-00000012"));
  }
  const whole = ends.get("onnx, onnx, onnx") ?? new Float32Array();
  t.true(whole.length > 1000);
  for (const [engines, values] of ends) t.true(difference(values, whole) <= tolerance, `${engines}: ${difference(values, whole)}`);
});

/** Begins or goes on with a run on an engine, and interrupts it after an update, or lets it end. */
async function trainedUntil(out: string, engine: string, end?: { readonly stage: string; readonly step: number }): Promise<void> {
  const controller = new AbortController();
  const stop = definePlugin({
    kind: "tap", name: "stop", core: "^0.1.0", options: {},
    apply: (hooks) => hooks.afterStep.tap("stop", ({ stage, step }) => void (stage === end?.stage && step === end.step && controller.abort())),
  });
  const run = trained({ out, resume: existsSync(out), set: [`engine.use=@idgan/engine-${engine}`], config: { presets: ["quickstart"], taps: [{ use: stop }] }, signal: controller.signal });
  await run.catch((error: unknown) => {
    if (!(error instanceof IdganError && error.code === "INTERRUPTED")) throw error;
  });
}

/** The numbers in a checkpoint's tensors, one after the other. */
function checkpointValues(directory: string, name: string): Float32Array {
  const file = join(directory, "checkpoints", `${name}.safetensors`);
  if (!existsSync(file)) return new Float32Array();
  const bytes = readFileSync(file);
  const data = bytes.subarray(8 + Number(bytes.readBigUInt64LE(0)));
  return new Float32Array(new Uint8Array(data).buffer);
}
