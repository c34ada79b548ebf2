import test, { type ExecutionContext } from "ava";
import * as tf from "@tensorflow/tfjs";
import { readFileSync } from "node:fs";
import { createInitializer, createStream, gradientPenalty, repairGradients, signedSpace, unitSpace, type GanBackbone, type Weights } from "@idgan/core";
import plugin, { type DcganOptions } from "./index.js";

interface Fixture {
  readonly batch: number;
  readonly size: number;
  readonly channels: number;
  readonly width: number;
  readonly latentDim: number;
  readonly nuisanceDim: number;
  readonly cases: readonly {
    readonly batchNorm: boolean;
    readonly fake: readonly number[];
    readonly logits: readonly number[];
    readonly r1: number;
    readonly r1GradientNorms: Readonly<Record<string, number>>;
  }[];
}

const fixture = JSON.parse(readFileSync(new URL("../../../test/fixtures/dcgan.json", import.meta.url), "utf8")) as Fixture;
const { batch, channels, width, latentDim, nuisanceDim } = fixture;

/** The official pair is wide, and so is tested at its smallest. */
const variants: readonly (readonly [title: string, size: number, options: DcganOptions])[] = [
  ["the official pair", 8, { architecture: "official", initialisation: "official", width, batchNorm: true }],
  ["DCGAN", fixture.size, { architecture: "dcgan", initialisation: "official", width, batchNorm: true }],
  ["DCGAN without batch norm", fixture.size, { architecture: "dcgan", initialisation: "official", width, batchNorm: false }],
];

test.before(async () => {
  await tf.setBackend("cpu");
  repairGradients();
});

function build(options: DcganOptions, size: number, nuisance = nuisanceDim): GanBackbone {
  return plugin.build(options, { image: signedSpace(size, channels), latentDim, nuisanceDim: nuisance, init: createInitializer(1) });
}

for (const expected of fixture.cases) {
  test(`DCGAN ${expected.batchNorm ? "with" : "without"} batch norm computes what PyTorch computes, R1 and its gradient included`, (t) => {
    const { generator, discriminator } = build({ architecture: "dcgan", initialisation: "official", width, batchNorm: expected.batchNorm }, fixture.size);
    assignFormula(generator.weights);
    assignFormula(discriminator.weights);
    const tolerance = 1e-5;
    tf.tidy(() => {
      const z = formula([batch, nuisanceDim + latentDim], 61, 4) as tf.Tensor2D;
      const fake = generator.generate(tf.slice(z, [0, 0], [batch, nuisanceDim]), tf.slice(z, [0, nuisanceDim], [batch, latentDim]));
      close(t, "fake", fake.dataSync().filter((_, i) => i % 101 === 0), expected.fake, tolerance);
      const real = images(fixture.size, 2);
      close(t, "logits", discriminator.logits(real).dataSync(), expected.logits, tolerance);
      const { value, grads } = penaltyOf(discriminator, real);
      close(t, "r1", value.dataSync(), [expected.r1], tolerance);
      const largest = Math.max(...Object.values(expected.r1GradientNorms));
      for (const [name, norm] of Object.entries(expected.r1GradientNorms)) {
        const gradient = grads[discriminator.weights[name]?.name ?? ""];
        const actual = gradient === undefined ? 0 : (tf.norm(gradient).dataSync()[0] ?? Number.NaN);
        t.true(Math.abs(actual - norm) < tolerance * largest, `gradient of r1 in ${name}: ${actual}, expected ${norm}`);
      }
    });
  });
}

/** Of the differences. */
const step = 0.02;
/** Error of the differences from float32 in R1, as a share of its value. */
const rounding = 1e-5;

for (const [title, size, options] of variants) {
  test(`R1's gradient in the discriminator of ${title} matches finite differences`, (t) => {
    const { discriminator } = build(options, size);
    assignClearOfKinks(discriminator.weights);
    const real = images(size, 2);
    const { value: penalty, grads } = tf.tidy(() => penaltyOf(discriminator, real));
    for (const [i, [name, weight]] of Object.entries(discriminator.weights).entries()) {
      // Along one random direction of length 1 in each weight, by differences of fourth order.
      const values = Float32Array.from(weight.dataSync());
      const normal = createStream(3, "direction").normal(i, weight.size);
      const length = Math.sqrt(normal.reduce((sum, each) => sum + each * each, 0));
      const at = (offset: number): number => {
        const moved = values.map((value, j) => value + (offset * (normal[j] ?? 0)) / length);
        return tf.tidy(() => {
          weight.assign(tf.tensor(moved, weight.shape));
          return gradientPenalty((x) => discriminator.logits(x), real).dataSync()[0] ?? Number.NaN;
        });
      };
      const numeric = (8 * (at(step) - at(-step)) - (at(2 * step) - at(-2 * step))) / (12 * step);
      const value = at(0);
      const gradient = Array.from(grads[weight.name]?.dataSync() ?? new Float32Array(weight.size));
      const analytic = gradient.reduce((sum, each, j) => sum + (each * (normal[j] ?? 0)) / length, 0);
      const tolerance = 1e-4 * Math.abs(analytic) + rounding * value;
      t.true(Math.abs(analytic - numeric) < tolerance, `${name}: ${analytic}, by differences ${numeric}`);
    }
    const largest = Math.max(...Object.values(grads).map((gradient) => tf.norm(gradient).dataSync()[0] ?? 0));
    t.true(largest > 0.1 * (penalty.dataSync()[0] ?? 0), "the tolerance means something");
  });

  test(`${title} makes images in [-1, 1] that depend on s and on c, and unbounded logits`, (t) => {
    const { generator, discriminator } = build(options, size);
    assignFormula(generator.weights);
    assignFormula(discriminator.weights);
    const s = formula([batch, nuisanceDim], 1, 4) as tf.Tensor2D;
    const c = formula([batch, latentDim], 2, 4) as tf.Tensor2D;
    const fake = generator.generate(s, c);
    t.deepEqual(fake.shape, [batch, size, size, channels]);
    t.true(fake.dataSync().every((value) => Math.abs(value) < 1));
    t.notDeepEqual(generator.generate(tf.neg(s), c).dataSync(), fake.dataSync());
    t.notDeepEqual(generator.generate(s, tf.neg(c)).dataSync(), fake.dataSync());
    const logits = discriminator.logits(images(size, 20));
    t.deepEqual(logits.shape, [batch, 1]);
    t.true(logits.dataSync().some((value) => value < 0 || value > 1));
  });

  test(`${title} trains every declared weight`, (t) => {
    const gan = build(options, size);
    const real = images(size, 2);
    const s = formula([batch, nuisanceDim], 1, 4) as tf.Tensor2D;
    const c = formula([batch, latentDim], 2, 4) as tf.Tensor2D;
    const posterior = { mean: c, logVar: c };
    const discriminatorLoss = (): tf.Scalar =>
      only(gan.discriminatorLoss({ step: tf.scalar(0), real, fake: gan.generator.generate(s, c), noise: {} }));
    const generatorLoss = (): tf.Scalar =>
      only(gan.generatorLoss({ step: tf.scalar(0), fake: gan.generator.generate(s, c), s, c, posterior, noise: {} }));
    for (const [loss, weights] of [[discriminatorLoss, gan.discriminator.weights], [generatorLoss, gan.generator.weights]] as const) {
      const { grads } = tf.variableGrads(loss, Object.values(weights));
      for (const [name, weight] of Object.entries(weights)) {
        const gradient = grads[weight.name]?.dataSync() ?? new Float32Array();
        t.true(gradient.some((value) => value !== 0) && gradient.every(Number.isFinite), name);
      }
    }
  });
}

test("without a nuisance variable the generator takes c alone", (t) => {
  const { generator } = build({ architecture: "official", initialisation: "official", width, batchNorm: false }, 8, 0);
  t.deepEqual(generator.generate(tf.zeros([2, 0]), tf.ones([2, latentDim])).shape, [2, 8, 8, channels]);
});

test("the official generator reads z as (s, c)", (t) => {
  const { generator } = build({ architecture: "official", initialisation: "official", width, batchNorm: false }, 8);
  const kernel = generator.weights["dense/kernel"];
  t.deepEqual(kernel?.shape, [nuisanceDim + latentDim, 256]);
  // With the rows of s at zero, only c is left.
  tf.tidy(() => kernel?.assign(tf.concat([tf.zeros([nuisanceDim, 256]), tf.ones([latentDim, 256])])));
  const c = tf.ones<tf.Rank.R2>([2, latentDim]);
  const image = generator.generate(tf.zeros([2, nuisanceDim]), c);
  t.deepEqual(generator.generate(tf.ones([2, nuisanceDim]), c).dataSync(), image.dataSync());
});

test("widths double from the image inwards, up to eight times the first", (t) => {
  const context = { image: signedSpace(128, 3), latentDim, nuisanceDim, init: createInitializer(1) };
  const { generator, discriminator } = plugin.build({ architecture: "dcgan", initialisation: "official", width: 2, batchNorm: true }, context);
  t.deepEqual([1, 2, 3, 4, 5].map((i) => discriminator.weights[`conv${i}/kernel`]?.shape.at(-1)), [2, 4, 8, 16, 16]);
  t.deepEqual([1, 2, 3, 4, 5].map((i) => generator.weights[`conv${i}/kernel`]?.shape.at(-1)), [16, 16, 8, 4, 2]);
  t.false("norm1/gain" in discriminator.weights, "no batch norm beside the image");
});

for (const size of [32, 64, 128]) {
  test(`both pairs make images of ${size} pixels and judge them`, (t) => {
    for (const architecture of ["official", "dcgan"] as const) {
      const { generator, discriminator } = build({ architecture, initialisation: "he", width: 2, batchNorm: architecture === "dcgan" }, size);
      tf.tidy(() => {
        const image = generator.generate(formula([2, nuisanceDim], 1, 4) as tf.Tensor2D, formula([2, latentDim], 2, 4) as tf.Tensor2D);
        t.deepEqual(image.shape, [2, size, size, channels]);
        const logits = discriminator.logits(image).dataSync();
        t.true(logits.length === 2 && logits.every(Number.isFinite) && image.dataSync().every((value) => Math.abs(value) < 1), `${architecture}, ${size}`);
      });
    }
  });
}

test("images of another range, and sizes that cannot be halved to 4x4, are refused", (t) => {
  const context = { latentDim, nuisanceDim, init: createInitializer(1) };
  for (const [, , options] of variants) {
    t.throws(() => plugin.build(options, { ...context, image: unitSpace(16, 1) }), { code: "BACKBONE_INVALID", message: /\[-1, 1\]/ });
    t.throws(() => plugin.build(options, { ...context, image: signedSpace(24, 1) }), { code: "BACKBONE_INVALID", message: /8, 16, 32, 64.*Set gan\.size to/ });
  }
});

test("every option is documented, and its default passes its own format", (t) => {
  for (const [name, option] of Object.entries(plugin.options)) {
    t.true(option.doc.length > 0, name);
    const check: (value: unknown) => void = option.format;
    t.notThrows(() => check(option.default), name);
    t.throws(() => check(Number.NaN), undefined, name);
  }
});

function only(terms: ReturnType<GanBackbone["generatorLoss"]>): tf.Scalar {
  const [term] = terms;
  if (term === undefined || terms.length !== 1) {
    throw new Error("one term was expected");
  }
  return term.value;
}

function penaltyOf(discriminator: GanBackbone["discriminator"], real: tf.Tensor4D) {
  return tf.variableGrads(() => gradientPenalty((x) => discriminator.logits(x), real), Object.values(discriminator.weights));
}

/** As test/fixtures/formula.py. */
function formula(dims: readonly number[], salt: number, scale: number): tf.Tensor {
  const count = dims.reduce((product, dim) => product * dim, 1);
  return tf.tensor(Float32Array.from({ length: count }, (_, i) => (((i * 7919 + salt * 104729) % 1009) / 1009 - 0.5) * scale), [...dims]);
}

function assignFormula(weights: Weights): void {
  for (const [salt, name] of Object.keys(weights).sort().entries()) {
    const weight = weights[name];
    const fanIn = (weight?.size ?? 0) / (weight?.shape.at(-1) ?? 1);
    tf.tidy(() => weight?.assign(formula(weight.shape, salt, weight.rank > 1 ? 4 / Math.sqrt(fanIn) : 0.1)));
  }
}

/**
 * R1 has no derivative where a unit of a ReLU layer is at its kink. Biases of 1 and -1 in turn keep every unit on one side of it, half of
 * them on each, because what is added to them is small.
 */
function assignClearOfKinks(weights: Weights): void {
  for (const [salt, [name, weight]] of Object.entries(weights).entries()) {
    tf.tidy(() => {
      const values = formula(weight.shape, salt, weight.rank > 1 ? 1 / Math.sqrt(weight.size / (weight.shape.at(-1) ?? 1)) : 0.1);
      const signs = tf.tensor(Array.from({ length: weight.size }, (_, i) => (i % 2 === 0 ? 1 : -1)), weight.shape);
      weight.assign(name.endsWith("/gain") ? tf.sub(values, 0.8) : name.endsWith("/bias") ? signs : values);
    });
  }
}

function images(size: number, scale: number): tf.Tensor4D {
  return formula([batch, size, size, channels], 60, scale) as tf.Tensor4D;
}

function close(t: ExecutionContext, what: string, actual: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  const scale = Math.max(...expected.map(Math.abs));
  const error = Math.max(...expected.map((value, i) => Math.abs((actual[i] ?? Number.NaN) - value))) / scale;
  t.true(actual.length === expected.length && error < tolerance, `${what}: ${error}`);
}
