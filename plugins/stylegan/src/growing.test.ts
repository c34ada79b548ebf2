import { createInitializer, createStream, defaultOptions, gradientPenalty, repairGradients, signedSpace, unitSpace, type GanBackbone, type GanContext, type Initializer, type PhaseStep, type Weights } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import test from "ava";
import plugin, { type StyleGanOptions } from "./index.js";

const official = defaultOptions(plugin) as unknown as StyleGanOptions;
const small: StyleGanOptions = { ...official, width: 16, maxWidth: 4, styleDim: 4, mappingLayers: 2 };
const [latentDim, nuisanceDim, batch] = [2, 3, 4];

test.before(async () => {
  await tf.setBackend("cpu");
  repairGradients();
});

function build(options: Partial<StyleGanOptions> = {}, context: Partial<GanContext> = {}): GanBackbone {
  return plugin.build({ ...small, ...options }, { image: signedSpace(16, 1), latentDim, nuisanceDim, init: createInitializer(1), ...context });
}

const sizes = [4, 8, 16, 32, 64, 128, 256, 512, 1024];
/** Tables 2 of Karras 2018 and 1 of Karras 2019. */
const widths = [512, 512, 512, 512, 256, 128, 64, 32, 16];
const sum = (of: (channels: number, i: number) => number): number => widths.reduce((total, channels, i) => total + of(channels, i), 0);

test("at 1024 pixels, with 512 numbers of s and c together, both networks have the parameters of the official ones", (t) => {
  t.deepEqual(sizes.length, widths.length);
  const mapping = 8 * (512 * 512 + 512);
  const constant = 4 * 4 * 512;
  // Two layers each: noise, bias, and a dense layer from w to a scale and a shift. A convolution of 3x3 to each but the first.
  const styles = sum((channels) => 2 * (channels + channels + 512 * 2 * channels + 2 * channels));
  const convolutions = sum((channels, i) => 9 * ((i === 0 ? 0 : (widths[i - 1] ?? 0) * channels) + channels * channels));
  const images = sum((channels) => channels * 3 + 3);
  const generator = mapping + constant + styles + convolutions + images;
  t.is(generator, 26_219_627);
  // Two convolutions for each size above 4x4, the second to the channels of half the size.
  const halving = sum((channels, i) => (i === 0 ? 0 : 9 * channels * channels + channels + 9 * channels * (widths[i - 1] ?? 0) + (widths[i - 1] ?? 0)));
  const reading = sum((channels) => 3 * channels + channels);
  const head = 9 * 513 * 512 + 512 + (4 * 4 * 512 * 512 + 512) + (512 + 1);
  const discriminator = reading + halving + head;
  t.is(discriminator, 23_087_249);
  const gan = plugin.build(official, { image: signedSpace(1024, 3), latentDim: 20, nuisanceDim: 492, init: shapesOnly });
  t.is(count(gan.generator.weights) - 512, generator, "all but the running mean of w");
  t.is(count(gan.discriminator.weights), discriminator);
  t.is(gan.generator.sampling?.layers, 18);
  t.is(Math.round(count(gan.generator.trained?.() ?? {})), generator - (images - (16 * 3 + 3)), "at the end one convolution to the image is left");
});

test("the official schedule: 600,000 images at each size and 600,000 to fade in the next, from 8 to 1024 pixels", (t) => {
  const batches = { 8: 128, 16: 128, 32: 64, 64: 32, 128: 16, 256: 8, 512: 4 };
  const { growth } = plugin.build({ ...official, batches }, { image: signedSpace(1024, 3), latentDim: 20, nuisanceDim: 492, init: shapesOnly });
  const at = (kimg: number) => growth?.phase(1000 * kimg);
  t.like(at(0), { key: "8", resolution: 8, batch: 128, fadeIn: 1, generatorRate: 1 });
  t.like(at(600), { key: "8", fadeIn: 1 });
  t.like(at(900), { key: "16-fading", resolution: 16, fadeIn: 0.5 });
  t.like(at(1200), { key: "16", resolution: 16, fadeIn: 1 });
  t.like(at(6 * 1200 - 1), { key: "512-fading", resolution: 512, batch: 4, generatorRate: 3, discriminatorRate: 3 });
  t.like(at(25_000), { key: "1024", resolution: 1024, batch: undefined, fadeIn: 1, generatorRate: 3 });
});

test("tables with a hole, of sizes that there are not, and images that cannot be grown are refused with what to do", (t) => {
  const refuse = (options: Partial<StyleGanOptions>, message: RegExp, code = "CONFIG_VALUE") => t.throws(() => build(options), { code, message });
  refuse({ batches: { 4: 8, 16: 2 } }, /batches names 4, 16, and has nothing for 8/);
  refuse({ learningRates: { 8: 1, 64: 2 } }, /learningRates names 8, 64, and has nothing for 32/);
  refuse({ batches: { 12: 8 } }, /names 12, which is no power of two.*4, 8, 16/);
  refuse({ batches: { 8: 2.5 } }, /the batch of 8 is 2\.5/);
  refuse({ firstResolution: 12 }, /firstResolution is 12.*4, 8, 16/);
  refuse({ firstResolution: 32 }, /firstResolution is 32/);
  for (const wrong of [4, 24, 100]) t.throws(() => build({}, { image: signedSpace(wrong, 3) }), { code: "BACKBONE_INVALID", message: /powers of two.*Set gan\.size/ });
  t.throws(() => build({}, { image: unitSpace(16, 1) }), { code: "BACKBONE_INVALID", message: /\[-1, 1\]/ });
  const check = plugin.options.batches.format as (value: unknown) => void;
  for (const wrong of [null, [8], { eight: 8 }, { 8: "8" }, { 8: 0 }]) t.throws(() => check(wrong), { message: /by resolution/ });
});

/** Of the differences, relative to the weights. */
const step = 0.02;

for (const [architecture, key, resolution] of [["style", "4", 4], ["style", "8-fading", 8], ["style", "8", 8], ["style", "16-fading", 16], ["style", "16", 16], ["progressive", "8-fading", 8]] as const) {
  test(`R1's gradient in the discriminator of ${architecture} in phase ${key} matches finite differences`, (t) => {
    const { discriminator } = build({ architecture, firstResolution: 4 });
    const phase: PhaseStep = { key, resolution, fadeIn: tf.scalar(key.endsWith("fading") ? 0.4 : 1) };
    const trained = Object.entries(discriminator.trained?.(phase) ?? {});
    clearOfKinks(trained.map(([, weight]) => weight));
    const real = tf.tensor4d(createStream(2, "real").normal(0, batch * resolution ** 2), [batch, resolution, resolution, 1]);
    const penalty = (): tf.Scalar => gradientPenalty((x) => discriminator.logits(x, {}, phase), real);
    const { value, grads } = tf.tidy(() => tf.variableGrads(penalty, trained.map(([, weight]) => weight)));
    const level = value.dataSync()[0]!;
    const start = trained.map(([name, weight]) => ({ name, weight, values: Float32Array.from(weight.dataSync()) }));
    for (const direction of [0, 1]) {
      // Along one random direction in all weights at once, each number by a share of itself.
      const moves = start.map(({ name, values }) => createStream(3, name).normal(direction, values.length).map((drawn, j) => drawn * (values[j] ?? 0)));
      const at = (offset: number): number =>
        tf.tidy(() => {
          for (const [i, { weight, values }] of start.entries()) weight.assign(tf.tensor(values.map((each, j) => each + offset * (moves[i]?.[j] ?? 0)), weight.shape));
          return penalty().dataSync()[0]!;
        });
      const numeric = (8 * (at(step) - at(-step)) - (at(2 * step) - at(-2 * step))) / (12 * step);
      at(0);
      const analytic = start.reduce((total, { weight }, i) => total + Array.from(grads[weight.name]?.dataSync() ?? []).reduce((inner, each, j) => inner + each * (moves[i]?.[j] ?? 0), 0), 0);
      t.true(Math.abs(analytic - numeric) < 1e-3 * Math.max(Math.abs(analytic), level), `${analytic}, by differences ${numeric}`);
      t.true(Math.abs(analytic) > 0.01 * level, "the tolerance means something");
    }
  });
}

test("style mixing in training changes the style of the finer layers and never the code", (t) => {
  const { generator } = build({ mixing: 1 });
  const [s, other, c] = [normal("s", nuisanceDim), normal("other", nuisanceDim), normal("c", latentDim)];
  const { mixing: shape } = generator.noise?.(batch) ?? {};
  t.deepEqual(shape, { shape: [batch, 2], distribution: "uniform" });
  const at = (where: number) => generator.generate(s, c, { noise: { mixedNuisance: other, mixing: tf.tile(tf.tensor2d([[0, where]]), [batch, 1]) } }).dataSync();
  const controlled = (from: number) => generator.generate(s, c, { noise: {}, controls: { mixing: { s: other, from } } }).dataSync();
  // Six layers: the drawn number in [0, 1) chooses one of the layers 1 to 5.
  for (const [where, from] of [[0, 1], [0.3, 2], [0.99, 5]] as const) t.true(apart(at(where), controlled(from)) < 1e-5);
  t.is(apart(controlled(6), generator.generate(s, c, { noise: {} }).dataSync()), 0);
  t.true(apart(controlled(5), controlled(6)) > 1e-3);
  t.false("mixing" in (build({ mixing: 0 }).generator.noise?.(batch) ?? {}));
});

test("truncation to 0 takes s away and leaves c, and to the overall mean takes both; 1 leaves an image as it is", (t) => {
  const { generator } = build();
  const c = normal("c", latentDim);
  const at = (name: string, truncation: number, code = c) => generator.generate(normal(name, nuisanceDim), code, { controls: { truncation } }).dataSync();
  t.true(apart(at("one", 0), at("two", 0)) < 1e-5);
  t.true(apart(at("one", 1), at("two", 1)) > 1e-3);
  t.true(apart(at("one", 0), at("one", 0, normal("another", latentDim))) > 1e-3);
  t.true(apart(at("one", 1), generator.generate(normal("one", nuisanceDim), c).dataSync()) < 1e-5);
  const overall = build({ truncation: "overall" }).generator;
  const mean = overall.generate(normal("one", nuisanceDim), c, { controls: { truncation: 0 } }).dataSync();
  t.true(apart(overall.generate(normal("one", nuisanceDim), normal("another", latentDim), { controls: { truncation: 0 } }).dataSync(), mean) < 1e-5);
});

test("images that are looked at lie in their range, and those that training sees are as the last layer makes them", (t) => {
  const { generator } = build();
  for (const weight of Object.values(generator.weights)) tf.tidy(() => weight.assign(tf.mul(weight, 8)));
  const [s, c] = [normal("s", nuisanceDim), normal("c", latentDim)];
  t.true(generator.generate(s, c).dataSync().every((value) => Math.abs(value) <= 1));
  t.true(generator.generate(s, c, { noise: {} }).dataSync().some((value) => Math.abs(value) > 1));
});

function normal(name: string, width: number): tf.Tensor2D {
  return tf.tensor2d(createStream(1, name).normal(0, batch * width), [batch, width]);
}

/** Biases of 1 and -1 in turn, and kernels so small that no unit of a leaky ReLU comes near its kink, where R1 has no derivative. */
function clearOfKinks(weights: readonly tf.Variable[]): void {
  for (const weight of weights) {
    const signs = Array.from({ length: weight.size }, (_, i) => (i % 2 === 0 ? 2 : -2));
    tf.tidy(() => weight.assign(weight.rank === 1 ? tf.tensor(signs, weight.shape) : tf.mul(weight, 0.1)));
  }
}

function apart(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? Number.NaN))), 0);
}

function count(weights: Weights): number {
  return Object.values(weights).reduce((total, { size }) => total + size, 0);
}

/** Counts what a backbone asks for, without making it. */
const shapesOnly: Initializer = { normal: shaped, uniform: shaped, constant: shaped, scope: () => shapesOnly };

function shaped(_: string, shape: readonly number[]): tf.Variable {
  return { shape: [...shape], size: shape.reduce((product, dim) => product * dim, 1) } as unknown as tf.Variable;
}
