import { createInitializer, defaultOptions, gradientPenalty, logisticGeneratorLoss, repairGradients, signedSpace, type GanBackbone, type Noise, type PhaseStep, type Weights } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import test, { type ExecutionContext } from "ava";
import { readFileSync } from "node:fs";
import { createEqualisedConv, createEqualisedDense } from "./equalised.js";
import { adaptiveInstanceNorm, blur, double, halve, pixelNorm, withDeviation } from "./image-ops.js";
import plugin, { type StyleGanOptions } from "./index.js";
import { convDoubled, convHalved } from "./resampled-conv.js";

interface Case {
  readonly architecture: "style" | "progressive";
  readonly resolution: number;
  readonly fading: boolean;
  readonly truncated?: readonly number[];
  readonly fake: readonly number[];
  readonly logits: readonly number[];
  readonly r1: number;
  readonly r1GradientNorms: Readonly<Record<string, number>>;
  readonly generatorGradientNorms: Readonly<Record<string, number>>;
}

interface Fixture {
  readonly batch: number;
  readonly size: number;
  readonly channels: number;
  readonly width: number;
  readonly maxWidth: number;
  readonly styleDim: number;
  readonly mappingLayers: number;
  readonly latentDim: number;
  readonly nuisanceDim: number;
  readonly fadeIn: number;
  readonly layers: Readonly<Record<string, readonly number[]>>;
  readonly cases: readonly Case[];
}

const fixture = JSON.parse(readFileSync(new URL("../../../test/fixtures/stylegan.json", import.meta.url), "utf8")) as Fixture;
const { batch, size, channels, latentDim, nuisanceDim } = fixture;
const official = defaultOptions(plugin) as unknown as StyleGanOptions;
const { width, maxWidth, styleDim, mappingLayers } = fixture;
const small: StyleGanOptions = { ...official, width, maxWidth, styleDim, mappingLayers, truncation: "overall" };
/** Of float32 against double, relative to the largest number. */
const tolerance = 1e-5;

test.before(async () => {
  await tf.setBackend("cpu");
  repairGradients();
});

function build(options: Partial<StyleGanOptions> = {}, image = signedSpace(size, channels), nuisance = nuisanceDim): GanBackbone {
  return plugin.build({ ...small, ...options }, { image, latentDim, nuisanceDim: nuisance, init: createInitializer(1) });
}

/** As test/fixtures/stylegan.py has them. */
const inputs = () => ({ s: formula([batch, nuisanceDim], 61, 4) as tf.Tensor2D, c: formula([batch, latentDim], 62, 4) as tf.Tensor2D });
const phaseOf = ({ resolution, fading }: Pick<Case, "resolution" | "fading">): PhaseStep => ({ key: fading ? `${resolution}-fading` : String(resolution), resolution, fadeIn: tf.scalar(fading ? fixture.fadeIn : 1) });
const grain = (resolution: number): Noise =>
  Object.fromEntries(Array.from({ length: 2 * Math.log2(resolution) - 2 }, (_, i) => [`layer${i}`, formula([batch, 4 << (i >> 1), 4 << (i >> 1), 1], 70 + i, 2)]));
const trainingNoise = (resolution: number): Noise => ({ ...grain(resolution), mixedNuisance: formula([batch, nuisanceDim], 63, 4), mixing: tf.add(formula([batch, 2], 64, 1), 0.5) });

test("the first constant is ones, or normal where asked, and the other weights are the same", (t) => {
  const [ones, normal] = (["ones", "normal"] as const).map((constant) => build({ constant }).generator.weights) as [Weights, Weights];
  const name = "synthesis/constant";
  t.true(Array.from(ones[name]?.dataSync() ?? []).every((value) => value === 1));
  const { mean, variance } = tf.moments(normal[name] as tf.Variable);
  const count = normal[name]?.size ?? 0;
  t.true(Math.abs(mean.dataSync()[0] as number) < 4 / Math.sqrt(count) && Math.abs((variance.dataSync()[0] as number) - 1) < 4 * Math.sqrt(2 / count));
  t.deepEqual(Object.keys(ones), Object.keys(normal));
  for (const other of Object.keys(ones).filter((each) => each !== name)) t.deepEqual(ones[other]?.dataSync(), normal[other]?.dataSync(), other);
});

test("a convolution that resamples is a convolution and a resampling", (t) => {
  const x = formula([batch, 4, 6, 3], 5, 4) as tf.Tensor4D;
  for (const taps of [1, 3, 5]) {
    const filter = formula([taps, taps, 3, 4], 6, 4) as tf.Tensor4D;
    close(t, `${taps} taps, doubled`, convDoubled(x, filter).dataSync(), [...tf.conv2d(double(x), filter, 1, "same").dataSync()]);
    close(t, `${taps} taps, halved`, convHalved(x, filter).dataSync(), [...halve(tf.conv2d(x, filter, 1, "same")).dataSync()]);
  }
});

test("each layer computes what PyTorch computes", (t) => {
  const x = formula([batch, 4, 4, 3], 1, 4) as tf.Tensor4D;
  const rows = formula([batch, 7], 2, 4) as tf.Tensor2D;
  const init = createInitializer(1);
  const dense = createEqualisedDense({ name: "dense", inputs: 7, outputs: 3, init });
  const slowDense = createEqualisedDense({ name: "dense", inputs: 7, outputs: 3, init: init.scope("slow"), gain: 1, rate: 0.01 });
  const conv = createEqualisedConv({ name: "conv", inputs: 3, outputs: 4, size: 3, init });
  for (const { weights } of [dense, slowDense, conv]) assignFormula(weights);
  const made: Readonly<Record<string, tf.Tensor>> = {
    blur: blur(x),
    adain: adaptiveInstanceNorm(x, formula([batch, 6], 3, 2) as tf.Tensor2D),
    pixelNorm: pixelNorm(x),
    deviationOf4: withDeviation(x, 4),
    deviationOf2: withDeviation(x, 3), // the largest group of at most 3 that divides 4
    dense: dense.apply(rows),
    slowDense: slowDense.apply(rows),
    conv: conv.apply(x),
    up: double(x),
    down: halve(x),
  };
  t.deepEqual(Object.keys(made).toSorted(), Object.keys(fixture.layers).toSorted());
  for (const [name, tensor] of Object.entries(made)) close(t, name, tensor.dataSync(), fixture.layers[name] ?? []);
});

test("the blur's gradient is its own, and differentiates again", (t) => {
  const x = formula([1, 4, 4, 2], 1, 1) as tf.Tensor4D;
  const y = formula([1, 4, 4, 2], 2, 1) as tf.Tensor4D;
  const dot = (a: tf.Tensor, b: tf.Tensor): tf.Scalar => tf.sum(tf.mul(a, b));
  const near = (a: tf.Scalar, b: tf.Scalar): boolean => t.true(Math.abs(a.dataSync()[0]! - b.dataSync()[0]!) < 1e-6);
  near(dot(blur(x), y), dot(x, blur(y)));
  // Of sum(blur(x)^2) the gradient is 2 blur(blur(x)), and the gradient of half its squared norm 4 blur^4(x).
  const gradient = tf.grad((each) => tf.sum(tf.square(blur(each as tf.Tensor4D))));
  near(dot(gradient(x), y), tf.mul<tf.Scalar>(dot(blur(blur(x)), y), 2));
  const again = tf.grad((each) => tf.mul(tf.sum(tf.square(gradient(each))), 0.5));
  near(dot(again(x), y), tf.mul<tf.Scalar>(dot(blur(blur(blur(blur(x)))), y), 4));
});

for (const expected of fixture.cases) {
  const { architecture, resolution, fading } = expected;
  test(`${architecture} at ${resolution} pixels${fading ? ", fading in," : ""} computes what PyTorch computes: images, logits, R1, and the gradients of all that is trained`, (t) => {
    const { generator, discriminator } = build({ architecture });
    assignFormula(generator.weights);
    assignFormula(discriminator.weights);
    const phase = phaseOf(expected);
    const noise = architecture === "style" ? trainingNoise(resolution) : {};
    const { s, c } = inputs();
    const real = formula([batch, resolution, resolution, channels], 60, 2) as tf.Tensor4D;
    tf.tidy(() => {
      close(t, "fake", thin(generator.generate(s, c, { phase, noise })), expected.fake);
      if (expected.truncated) close(t, "truncated", thin(generator.generate(s, c, { phase, noise: grain(resolution), controls: { truncation: 0.7, truncatedLayers: 3 } })), expected.truncated);
      close(t, "logits", discriminator.logits(real, {}, phase).dataSync(), expected.logits);
      const trained = discriminator.trained?.(phase) ?? {};
      const { value, grads } = tf.variableGrads(() => gradientPenalty((x) => discriminator.logits(x, {}, phase), real), Object.values(trained));
      close(t, "r1", value.dataSync(), [expected.r1]);
      compareNorms(t, trained, grads, expected.r1GradientNorms);
      const ofGenerator = generator.trained?.(phase) ?? {};
      const adversarial = tf.variableGrads(() => logisticGeneratorLoss(discriminator.logits(generator.generate(s, c, { phase, noise }), {}, phase)), Object.values(ofGenerator));
      compareNorms(t, ofGenerator, adversarial.grads, expected.generatorGradientNorms);
    });
  });
}

/** Norms of the gradients that PyTorch has, which are those of all that the phase trains, and of nothing else. */
function compareNorms(t: ExecutionContext, trained: Weights, grads: tf.NamedTensorMap, expected: Readonly<Record<string, number>>): void {
  const largest = Math.max(...Object.values(expected));
  t.deepEqual(Object.keys(expected).filter((name) => !(name in trained)), []);
  for (const [name, weight] of Object.entries(trained)) {
    const gradient = grads[weight.name];
    const norm = gradient === undefined ? 0 : tf.norm(gradient).dataSync()[0] ?? Number.NaN;
    t.true(Math.abs(norm - (expected[name] ?? 0)) < tolerance * largest, `${name}: ${norm}, expected ${expected[name]}`);
  }
}

function thin(image: tf.Tensor): Float32Array {
  return (image.dataSync() as Float32Array).filter((_, i) => i % 23 === 0);
}

/** As test/fixtures/formula.py. */
function formula(dims: readonly number[], salt: number, scale: number): tf.Tensor {
  const count = dims.reduce((product, dim) => product * dim, 1);
  return tf.tensor(Float32Array.from({ length: count }, (_, i) => (((i * 7919 + salt * 104729) % 1009) / 1009 - 0.5) * scale), [...dims]);
}

/** As `weights` of test/fixtures/stylegan.py. */
function assignFormula(weights: Weights): void {
  for (const [salt, name] of Object.keys(weights).toSorted().entries()) {
    const weight = weights[name];
    const slow = name.startsWith("mapping/dense") ? 100 : 1;
    tf.tidy(() => weight?.assign(formula(weight.shape, salt, slow * (weight.rank > 1 ? 3.4 : 0.4))));
  }
}

function close(t: ExecutionContext, what: string, actual: ArrayLike<number>, expected: readonly number[]): void {
  const scale = Math.max(...expected.map(Math.abs));
  const error = Math.max(...expected.map((value, i) => Math.abs((actual[i] ?? Number.NaN) - value))) / scale;
  t.true(actual.length === expected.length && error < tolerance, `${what}: ${error}`);
}
