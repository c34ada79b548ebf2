import {
  createEagerEngine, createHooks, createInitializer, createOptimizer, createStream, fillNoise, IdganError, klDivergence, repairGradients, total, unitSpace,
  vaeUpdate, vaeWeights, type OptimizerSpec, type VaeBackbone, type VaeStep, type Weights,
} from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import test, { type ExecutionContext } from "ava";
import { readFileSync } from "node:fs";
import { createDiscriminator, discriminatorLoss, totalCorrelation } from "./discriminator.js";
import plugin, { type FactorVaeOptions } from "./index.js";
import { permutationNoise, permuteCodes } from "./permuted-codes.js";

interface Fixture {
  readonly batch: number;
  readonly latentDim: number;
  readonly discriminator: {
    readonly hiddenLayers: number;
    readonly width: number;
    readonly permutations: readonly (readonly number[])[];
    readonly permuted: readonly number[];
    readonly tc: number;
    readonly tcGradient: readonly number[];
    readonly crossEntropy: number;
    readonly firstGradient: readonly number[];
    readonly gradientNorms: Readonly<Record<string, number>>;
  };
}

const fixture = JSON.parse(readFileSync(new URL("../../../test/fixtures/disentangling.json", import.meta.url), "utf8")) as Fixture;
const defaults: FactorVaeOptions = {
  gamma: 35, permutedCodes: "second-batch", hiddenLayers: 2, width: 16, decoder: "bernoulli", reduction: "sum", initialisation: "he",
};
const size = 8;
const latentDim = 3;
const tolerance = 1e-5;
const sgd: OptimizerSpec = { name: "sgd", learningRate: 1, momentum: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, alpha: 0.99 };

test.before(async () => {
  await tf.setBackend("cpu");
  repairGradients();
});

test("the discriminator, its loss, both gradients and the permuted codes are PyTorch's", (t) => {
  const { batch, latentDim: width, discriminator: expected } = fixture;
  const { hiddenLayers, permutations } = expected;
  const { weights, logOdds } = createDiscriminator({ latentDim: width, hiddenLayers, width: expected.width, init: createInitializer(1) });
  assignFormula(weights);
  tf.tidy(() => {
    const [c, others] = [formula([batch, width], 4, 4) as tf.Tensor2D, formula([batch, width], 5, 4) as tf.Tensor2D];
    const noise = Object.fromEntries(Object.keys(permutationNoise(batch, width)).map((name, j) => [name, tf.tensor1d([...(permutations[j] ?? [])])]));
    const permuted = permuteCodes(others, noise);
    close(t, "permuted", permuted.dataSync(), expected.permuted);
    close(t, "tc", totalCorrelation(logOdds(c)).dataSync(), [expected.tc]);
    close(t, "gradient of tc in c", tf.grad((z) => totalCorrelation(logOdds(z as tf.Tensor2D)))(c).dataSync(), expected.tcGradient);
    const { value, grads } = tf.variableGrads(() => discriminatorLoss(logOdds(c), logOdds(permuted)), Object.values(weights));
    close(t, "crossEntropy", value.dataSync(), [expected.crossEntropy]);
    close(t, "gradient of dense1/kernel", grads[weights["dense1/kernel"]?.name ?? ""]?.dataSync() ?? [], expected.firstGradient);
    for (const [name, norm] of Object.entries(expected.gradientNorms)) {
      close(t, `gradient of ${name}`, tf.norm(grads[weights[name]?.name ?? ""] ?? tf.zeros([1])).dataSync(), [norm]);
    }
  });
});

test("the gradient of TC in the codes is that of finite differences", (t) => {
  const { logOdds } = createDiscriminator({ latentDim, hiddenLayers: 2, width: 8, init: createInitializer(3) });
  const c = tf.tensor2d([[0.3, -1.2, 0.8], [1.1, 0.4, -0.7]]);
  const step = 1e-2;
  const gradient = tf.grad((z) => totalCorrelation(logOdds(z as tf.Tensor2D)))(c).dataSync();
  for (let i = 0; i < c.size; i += 1) {
    const shifted = (by: number) => {
      const values = Float32Array.from(c.dataSync(), (value, at) => (at === i ? value + by : value));
      return scalar(totalCorrelation(logOdds(tf.tensor2d(values, [2, latentDim]))));
    };
    const expected = (shifted(step) - shifted(-step)) / (2 * step);
    t.true(Math.abs((gradient[i] ?? Number.NaN) - expected) < 1e-3 * Math.max(0.01, Math.abs(expected)), `${gradient[i]}, expected ${expected}`);
  }
});

test("as published, the discriminator has 6 hidden layers of 1000 units and 2 logits", (t) => {
  const { hiddenLayers, width } = Object.fromEntries(Object.entries(plugin.options).map(([name, option]) => [name, option.default])) as unknown as FactorVaeOptions;
  const { weights } = createDiscriminator({ latentDim: 10, hiddenLayers, width, init: createInitializer(1) });
  const shapes = Object.entries(weights).filter(([name]) => name.endsWith("kernel")).map(([, { shape }]) => shape);
  t.deepEqual(shapes, [[10, 1000], ...Array.from({ length: 5 }, () => [1000, 1000]), [1000, 2]]);
  tf.dispose(weights);
});

test("each latent keeps its values and takes an order of its own", (t) => {
  const batch = 50;
  const c = tf.tensor2d(createStream(1, "c").normal(0, batch * latentDim), [batch, latentDim]);
  const specs = permutationNoise(batch, latentDim);
  const noise = Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, tf.tensor1d(fillNoise(spec, createStream(2, name), 0))]));
  const [before, after] = [c, permuteCodes(c, noise)].map((tensor) => tf.unstack(tensor, 1).map((column) => Array.from(column.dataSync()))) as [number[][], number[][]];
  const orders = after.map((column, j) => column.map((value) => before[j]?.indexOf(value)));
  for (const order of orders) t.deepEqual(order.toSorted((a, b) => (a ?? -1) - (b ?? -1)), Array.from({ length: batch }, (_, i) => i));
  t.is(new Set(orders.map(String)).size, latentDim);
});

test("the terms are the reconstruction, the KL, and gamma times the mean log odds of the codes", (t) => {
  const vae = build({ gamma: 7 });
  const terms = vae.loss(codesOnly(4));
  t.deepEqual(terms.map(({ name, weight }) => [name, weight]), [["reconstruction", 1], ["kl", 1], ["tc", 7]]);
  const [reconstruction, kl, tc] = terms.map(({ value }) => scalar(value)) as [number, number, number];
  t.true(Math.abs(scalar(total(terms)) - (reconstruction + kl + 7 * tc)) < 1e-3);
});

test("with permutedCodes second-half, the VAE learns from the first half alone, and the second half is permuted", (t) => {
  const vae = build({ permutedCodes: "second-half" });
  const [whole, other] = [codesOnly(8), codesOnly(8, 2)];
  // The same first half, and another second half.
  const join = <T extends tf.Tensor>(a: T, b: T) => tf.concat([tf.split(a, 2)[0] as T, tf.split(b, 2)[1] as T]) as T;
  const mixed: VaeStep = {
    ...whole,
    x: join(whole.x, other.x),
    c: join(whole.c, other.c),
    posterior: { mean: join(whole.posterior.mean, other.posterior.mean), logVar: join(whole.posterior.logVar, other.posterior.logVar) },
  };
  const [values, same] = [vae.loss(whole), vae.loss(mixed)].map((terms) => terms.map(({ value }) => scalar(value)));
  t.deepEqual(same, values);
  const [half] = tf.split(whole.posterior.mean, 2) as [tf.Tensor2D];
  t.is(values?.[1], scalar(klDivergence({ mean: half, logVar: tf.zerosLike(half) })));
  const noise = Object.fromEntries(Object.entries(vae.noise?.(8) ?? {}).map(([name, { shape }]) => [name, tf.range(0, shape[0] ?? 0)]));
  const crossEntropy = (step: VaeStep) => scalar(vae.adversary?.loss({ ...step, noise })[0]?.value ?? tf.scalar(Number.NaN));
  t.not(crossEntropy(mixed), crossEntropy(whole));
});

test("batches that cannot be permuted are refused", (t) => {
  for (const [permutedCodes, batches] of [["second-batch", [1]], ["same-batch", [1]], ["second-half", [1, 2, 3, 5]]] as const) {
    for (const batch of batches) {
      t.throws(() => build({ permutedCodes }).noise?.(batch), { instanceOf: IdganError, code: "BACKBONE_INVALID", message: /represent\.batch/ }, `${permutedCodes} ${batch}`);
    }
  }
});

for (const permutedCodes of ["second-batch", "same-batch", "second-half"] as const) {
  test(`no gradient crosses: with permutedCodes ${permutedCodes}, the update of each network is that of its own terms`, async (t) => {
    const batch = 4;
    const step = 1e-3;
    const engine = createEagerEngine();
    const feedsOf = (vae: VaeBackbone, rates: readonly [number, number], seed = 1) => feeds(vae, batch, rates, seed);
    /** What one update adds to every weight, for these learning rates of VAE and adversary. */
    const change = async (rates: readonly [number, number], gamma = 7, seed = 1) => {
      const vae = build({ permutedCodes, gamma });
      const all: Weights = { ...vaeWeights(vae), ...vae.adversary?.weights };
      const before = Object.fromEntries(Object.entries(all).map(([name, weight]) => [name, weight.dataSync().slice()]));
      const compiled = await engine.compile(updateOf(vae, batch));
      await compiled.run(feedsOf(vae, rates, seed));
      return Object.fromEntries(Object.entries(all).map(([name, weight]) => [name, weight.dataSync().map((value, i) => value - (before[name]?.[i] ?? 0))]));
    };
    const [both, vaeAlone, rivalAlone] = [await change([step, step]), await change([step, 0]), await change([0, step])];
    for (const [name, values] of Object.entries(both)) {
      const isRival = name.startsWith("dense");
      t.deepEqual(values, (isRival ? rivalAlone : vaeAlone)[name], `${name} changes as if it were updated alone`);
      t.true((isRival ? vaeAlone : rivalAlone)[name]?.every((value) => value === 0), `${name} does not change with the other's update`);
    }
    // Of gamma the adversary knows nothing, and of the second batch the VAE knows nothing.
    const stronger = await change([step, step], 70);
    for (const [name, values] of Object.entries(stronger)) if (name.startsWith("dense")) t.deepEqual(values, both[name], name);
    if (permutedCodes === "second-batch") {
      const others = await change([step, step], 7, 2);
      for (const [name, values] of Object.entries(others)) {
        if (/^dense\d+\/kernel/.test(name)) t.notDeepEqual(values, both[name], name);
        else if (!name.startsWith("dense")) t.deepEqual(values, both[name], name);
      }
    }
    await engine.dispose();
  });
}

function build(options: Partial<FactorVaeOptions> = {}): VaeBackbone {
  return plugin.build({ ...defaults, ...options }, { image: unitSpace(size, 1), latentDim, datasetSize: 100, init: createInitializer(1) });
}

function updateOf(vae: VaeBackbone, batch: number) {
  const [optimizer, adversaryOptimizer] = [createOptimizer(sgd, vaeWeights(vae)), createOptimizer(sgd, vae.adversary?.weights ?? {})];
  return vaeUpdate({ backbone: vae, optimizer, adversaryOptimizer, hooks: createHooks(), batch });
}

/** The same images and noise for every build; `seed` chooses the second batch. */
function feeds(vae: VaeBackbone, batch: number, [rate, rivalRate]: readonly [number, number], seed: number): Record<string, Float32Array> {
  const stream = (name: string, of = 1) => createStream(of, name);
  const noise = Object.entries(vae.noise?.(batch) ?? {}).map(([name, spec]) => [`noise/${name}`, fillNoise(spec, stream(name), 0)] as const);
  return {
    x: stream("x").uniform(0, batch * size * size),
    epsilon: stream("epsilon").normal(0, batch * latentDim),
    ...(vae.adversary?.secondBatch && { second: stream("second", seed).uniform(0, batch * size * size), secondEpsilon: stream("secondEpsilon", seed).normal(0, batch * latentDim) }),
    step: Float32Array.of(0),
    learningRate: Float32Array.of(rate),
    adversaryLearningRate: Float32Array.of(rivalRate),
    ...Object.fromEntries(noise),
  };
}

/** An update whose codes, means and images are noise from `seed`, and whose log variances are 0. */
function codesOnly(batch: number, seed = 1): VaeStep {
  const draw = (name: string) => tf.tensor2d(createStream(seed, name).normal(0, batch * latentDim), [batch, latentDim]);
  const mean = draw("mean");
  const x = tf.tensor4d(createStream(seed, "x").uniform(0, batch * size * size), [batch, size, size, 1]);
  return { step: tf.scalar(0), x, reconstruction: tf.zerosLike(x), posterior: { mean, logVar: tf.zerosLike(mean) }, c: draw("c"), noise: {} };
}

/** As test/fixtures/formula.py. */
function formula(shape: readonly number[], salt: number, scale: number): tf.Tensor {
  const count = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(Float32Array.from({ length: count }, (_, i) => (((i * 7919 + salt * 104729) % 1009) / 1009 - 0.5) * scale), [...shape]);
}

function assignFormula(weights: Weights): void {
  for (const [salt, name] of Object.keys(weights).sort().entries()) {
    const weight = weights[name];
    const fanIn = (weight?.size ?? 0) / (weight?.shape.at(-1) ?? 1);
    tf.tidy(() => weight?.assign(formula(weight.shape, salt, weight.rank > 1 ? 4 / Math.sqrt(fanIn) : 0.1)));
  }
}

function scalar(value: tf.Scalar): number {
  return value.dataSync()[0] ?? Number.NaN;
}

function close(t: ExecutionContext, what: string, actual: ArrayLike<number>, expected: readonly number[]): void {
  const scale = Math.max(...expected.map(Math.abs));
  const error = Math.max(...expected.map((value, i) => Math.abs((actual[i] ?? Number.NaN) - value)));
  t.true(actual.length === expected.length && error / scale < tolerance, `${what}: ${error / scale}`);
}
