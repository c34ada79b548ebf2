import test, { type ExecutionContext } from "ava";
import * as tf from "@tensorflow/tfjs";
import { readFileSync } from "node:fs";
import { createInitializer, defaultOptions, gradientPenalty, repairGradients, signedSpace, total, unitSpace, type GanBackbone, type Initializer, type Weights } from "@idgan/core";
import plugin, { type ResnetGanOptions } from "./index.js";

interface Fixture {
  readonly batch: number;
  readonly size: number;
  readonly channels: number;
  readonly width: number;
  readonly maxWidth: number;
  readonly latentDim: number;
  readonly nuisanceDim: number;
  readonly constants: { readonly weight: number; readonly step: number; readonly target: number };
  readonly cases: readonly {
    readonly bottleneck: boolean;
    readonly fake: readonly number[];
    readonly logits: readonly number[];
    readonly discriminator: number;
    readonly generator: number;
    readonly r1: number;
    readonly information?: number;
    readonly nextWeight?: number;
    readonly gradientNorms: Readonly<Record<string, number>>;
  }[];
}

const fixture = JSON.parse(readFileSync(new URL("../../../test/fixtures/resnetgan.json", import.meta.url), "utf8")) as Fixture;
const { batch, size, channels, width, maxWidth, latentDim, nuisanceDim } = fixture;
const tolerance = 1e-5;
const small: ResnetGanOptions = { ...(defaultOptions(plugin) as unknown as ResnetGanOptions), width, maxWidth };

test.before(async () => {
  await tf.setBackend("cpu");
  repairGradients();
});

function build(options: Partial<ResnetGanOptions> = {}, init = createInitializer(1), image = signedSpace(size, channels)): GanBackbone {
  return plugin.build({ ...small, ...options }, { image, latentDim, nuisanceDim, init });
}

for (const expected of fixture.cases) {
  const title = expected.bottleneck ? "with the bottleneck" : "as it is";
  test(`the residual GAN ${title} computes what PyTorch computes: images, logits, losses, and the gradient of all that trains the discriminator`, (t) => {
    const gan = build({ bottleneck: expected.bottleneck });
    const { generator, discriminator } = gan;
    assignFormula(generator.weights);
    assignFormula(discriminator.weights);
    tf.tidy(() => {
      const z = formula([batch, nuisanceDim + latentDim], 61, 4) as tf.Tensor2D;
      const [s, c] = [tf.slice(z, [0, 0], [batch, nuisanceDim]), tf.slice(z, [0, nuisanceDim], [batch, latentDim])] as const;
      const noise = Object.fromEntries(["real", "fake", "generator"].map((name, i) => [name, formula([batch, 4, 4, maxWidth], 70 + i, 2)]));
      const step = tf.scalar(0);
      const fake = generator.generate(s, c);
      close(t, "fake", fake.dataSync().filter((_, i) => i % 37 === 0), expected.fake);
      const real = images();
      close(t, "logits", discriminator.logits(real, noise).dataSync(), expected.logits);
      const [adversarial] = gan.generatorLoss({ step, fake, s, c, posterior: { mean: c, logVar: c }, noise });
      close(t, "the generator's loss", adversarial?.value.dataSync() ?? [], [expected.generator]);

      const seen: Record<string, number> = {};
      const { grads } = tf.variableGrads(() => {
        const r1 = { name: "r1", value: gradientPenalty((x) => discriminator.logits(x, noise), real), weight: 1 };
        const terms = [...gan.discriminatorLoss({ step, real, fake, noise }), r1];
        for (const term of terms) seen[term.name] = term.value.dataSync()[0] ?? Number.NaN;
        return total(terms);
      }, Object.values(discriminator.weights));
      close(t, "the discriminator's loss", [seen["adversarial"] ?? 0], [expected.discriminator]);
      close(t, "r1", [seen["r1"] ?? 0], [expected.r1]);
      if (expected.information !== undefined) close(t, "information", [seen["bottleneck"] ?? 0], [expected.information]);
      t.deepEqual(Object.keys(discriminator.weights).sort(), Object.keys(expected.gradientNorms).sort());
      const largest = Math.max(...Object.values(expected.gradientNorms));
      for (const [name, norm] of Object.entries(expected.gradientNorms)) {
        const actual = tf.norm(grads[discriminator.weights[name]?.name ?? ""] ?? tf.scalar(Number.NaN)).dataSync()[0] ?? Number.NaN;
        t.true(Math.abs(actual - norm) < tolerance * largest, `gradient in ${name}: ${actual}, expected ${norm}`);
      }
      if (expected.nextWeight !== undefined) {
        gan.state?.update({ "discriminator/bottleneck": tf.scalar(expected.information ?? 0) });
        close(t, "the bottleneck's next weight", gan.state?.weights["bottleneckWeight"]?.dataSync() ?? [], [expected.nextWeight]);
      }
    });
  });
}

test("the networks have the official numbers of parameters at 64, 256 and 1024 pixels", (t) => {
  const count = (pixels: number, nfilter: number): readonly number[] => {
    const context = { image: signedSpace(pixels, 3), latentDim: 20, nuisanceDim: 256, init: shapesOnly };
    const { generator, discriminator } = plugin.build({ ...small, width: nfilter, maxWidth: 512 }, context);
    return [generator, discriminator].map(({ weights }) => Object.values(weights).reduce((sum, weight) => sum + weight.size, 0));
  };
  t.deepEqual(count(64, 64), [9_559_747, 7_299_265]);
  t.deepEqual(count(256, 64), [18_998_979, 16_738_497]);
  t.deepEqual(count(1024, 16), [18_965_683, 16_705_201]);
});

test("first weights are PyTorch's, kernels and biases uniform within 1/sqrt(fan-in), or He's with biases of 0", (t) => {
  const std = (values: Float32Array): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
  const of = (initialisation: "official" | "he") => {
    const { weights } = build({ initialisation, width: 24, maxWidth: 48 }).discriminator;
    return { kernel: weights["block3/conv2/kernel"]?.dataSync() as Float32Array, bias: weights["block3/conv2/bias"]?.dataSync() as Float32Array };
  };
  const fanIn = 9 * 48;
  const limit = 1 / Math.sqrt(fanIn);
  const official = of("official");
  for (const values of Object.values(official)) t.true(values.every((value) => Math.abs(value) <= limit) && Math.max(...values) > 0.8 * limit && Math.min(...values) < -0.8 * limit);
  t.true(Math.abs(std(official.kernel) / (limit / Math.sqrt(3)) - 1) < 0.02);
  const he = of("he");
  t.true(Math.abs(std(he.kernel) / Math.sqrt(2 / fanIn) - 1) < 0.02);
  t.true(he.bias.every((value) => value === 0));
});

test("the bottleneck's weight rises while too much is let through, falls while too little is, and never below 0", (t) => {
  const { state } = build({ bottleneck: true, bottleneckInformation: 0.5, bottleneckStep: 0.1, bottleneckWeight: 0.1 });
  const weight = state?.weights["bottleneckWeight"];
  const after = (information: number): number => {
    tf.tidy(() => state?.update({ "discriminator/bottleneck": tf.scalar(information) }));
    return weight?.dataSync()[0] ?? Number.NaN;
  };
  const near = (actual: number, expected: number): void => void t.true(Math.abs(actual - expected) < 1e-6, `${actual}, expected ${expected}`);
  near(after(2.5), 0.3);
  near(after(0), 0.25);
  near(after(0.5), 0.25);
  for (let i = 0; i < 10; i += 1) after(0);
  near(after(0), 0);
  near(after(1.5), 0.1);
  tf.tidy(() => state?.update({}));
  near(weight?.dataSync()[0] ?? Number.NaN, 0.1);
  t.false(weight?.trainable);
});

test("a standard normal bottleneck lets nothing through, and each nat is counted once per position", (t) => {
  const gan = build({ bottleneck: true });
  const { weights } = gan.discriminator;
  const zero = tf.zeros([batch, 4, 4, maxWidth]);
  const noise = { real: zero, fake: zero, generator: zero };
  const information = (mean: number, logStd: number): number =>
    tf.tidy(() => {
      for (const [part, bias] of [["mean", mean], ["logStd", logStd]] as const) {
        weights[`bottleneck/${part}/kernel`]?.assign(tf.zeros([1, 1, maxWidth, maxWidth]));
        weights[`bottleneck/${part}/bias`]?.assign(tf.mul(tf.ones([maxWidth]), bias));
      }
      const terms = gan.discriminatorLoss({ step: tf.scalar(0), real: images(), fake: images(), noise });
      return terms.find(({ name }) => name === "bottleneck")?.value.dataSync()[0] ?? Number.NaN;
    });
  t.is(information(0, 0), 0);
  // KL(N(m, v) || N(0, 1)) = (v + m^2 - 1 - log v) / 2 for each of the channels.
  const expected = (maxWidth * (Math.exp(2 * 0.3) + 0.25 - 1 - 2 * 0.3)) / 2;
  t.true(Math.abs(information(0.5, 0.3) - expected) < 1e-5);
});

test("images of another range, and sizes that are no powers of two from 8 up, are refused", (t) => {
  t.throws(() => build({}, createInitializer(1), unitSpace(16, 1)), { code: "BACKBONE_INVALID", message: /\[-1, 1\]/ });
  for (const wrong of [4, 24, 100]) {
    t.throws(() => build({}, createInitializer(1), signedSpace(wrong, 3)), { code: "BACKBONE_INVALID", message: /powers of two.*Set gan\.size/ });
  }
  t.throws(() => build({}, createInitializer(1), { ...signedSpace(16, 3), width: 32 }), { code: "BACKBONE_INVALID", message: /square images/ });
});

/** Counts what a backbone asks for, without making it. */
const shapesOnly: Initializer = {
  normal: shaped,
  uniform: shaped,
  constant: shaped,
  scope: () => shapesOnly,
};

function shaped(_: string, shape: readonly number[]): tf.Variable {
  return { shape: [...shape], size: shape.reduce((product, dim) => product * dim, 1) } as unknown as tf.Variable;
}

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

function images(): tf.Tensor4D {
  return formula([batch, size, size, channels], 60, 2) as tf.Tensor4D;
}

function close(t: ExecutionContext, what: string, actual: ArrayLike<number>, expected: readonly number[]): void {
  const scale = Math.max(...expected.map(Math.abs));
  const error = Math.max(...expected.map((value, i) => Math.abs((actual[i] ?? Number.NaN) - value))) / scale;
  t.true(actual.length === expected.length && error < tolerance, `${what}: ${error}`);
}
