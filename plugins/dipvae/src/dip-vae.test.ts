import { createInitializer, createStream, IdganError, repairGradients, total, unitSpace, type Posterior, type VaeBackbone, type VaeStep } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import test from "ava";
import { readFileSync } from "node:fs";
import { covarianceDistance } from "./dip-vae.js";
import plugin, { type DipVaeOptions } from "./index.js";

interface Fixture {
  readonly batch: number;
  readonly latentDim: number;
  readonly weights: { readonly beta: number; readonly gamma: number };
  readonly covariance: readonly {
    readonly type: "i" | "ii";
    readonly offDiagonal: number;
    readonly diagonal: number;
    readonly meanGradient: readonly number[];
    readonly logVarGradient: readonly number[] | null;
  }[];
}

const fixture = JSON.parse(readFileSync(new URL("../../../test/fixtures/disentangling.json", import.meta.url), "utf8")) as Fixture;
const defaults: DipVaeOptions = { type: "ii", lambdaOd: 10, lambdaD: 10, decoder: "bernoulli", reduction: "sum", initialisation: "he" };
const types = ["i", "ii"] as const;
const tolerance = 1e-5;

test.before(async () => {
  await tf.setBackend("cpu");
  repairGradients();
});

for (const expected of fixture.covariance) {
  test(`DIP-VAE ${expected.type} and its gradients are PyTorch's`, (t) => {
    const { batch, latentDim, weights } = fixture;
    const formula = (salt: number, scale: number) => {
      const values = Float32Array.from({ length: batch * latentDim }, (_, i) => (((i * 7919 + salt * 104729) % 1009) / 1009 - 0.5) * scale); // as formula.py
      return tf.tensor2d(values, [batch, latentDim]);
    };
    const [mean, logVar] = [formula(1, 3), formula(2, 2)];
    const { offDiagonal, diagonal } = covarianceDistance({ mean, logVar }, expected.type);
    close(t, [scalar(offDiagonal), scalar(diagonal)], [expected.offDiagonal, expected.diagonal]);
    const penalty = (m: tf.Tensor, v: tf.Tensor) => {
      const at = covarianceDistance({ mean: m as tf.Tensor2D, logVar: v as tf.Tensor2D }, expected.type);
      return tf.add(tf.mul(at.offDiagonal, weights.beta), tf.mul(at.diagonal, weights.gamma));
    };
    close(t, tf.grad((m) => penalty(m, logVar))(mean).dataSync(), expected.meanGradient);
    if (expected.logVarGradient) close(t, tf.grad((v) => penalty(mean, v))(logVar).dataSync(), expected.logVarGradient);
  });
}

test("uncorrelated means of variance 1 cost nothing in type i; in type ii, means and variances share that 1", (t) => {
  // The corners of a square: covariance I, without any correlation.
  const corners = tf.tensor2d([[1, 1], [1, -1], [-1, 1], [-1, -1]]);
  const certain: Posterior = { mean: corners, logVar: tf.mul(tf.ones<tf.Rank.R2>([4, 2]), -40) };
  for (const type of types) t.true(cost(certain, type) < 1e-10, type);
  const halved: Posterior = { mean: tf.mul(corners, Math.SQRT1_2), logVar: tf.mul(tf.ones<tf.Rank.R2>([4, 2]), Math.log(0.5)) };
  t.true(cost(halved, "ii") < 1e-10);
  t.true(Math.abs(cost(halved, "i") - 2 * 0.5 ** 2) < 1e-6);
});

test("a latent that repeats another costs the squared covariance twice, once for each order", (t) => {
  const mean = tf.tensor2d([[1, 1], [-1, -1]]);
  const { offDiagonal, diagonal } = covarianceDistance({ mean, logVar: tf.zeros([2, 2]) }, "i");
  t.deepEqual([scalar(offDiagonal), scalar(diagonal)], [2, 0]);
});

test("in type ii the covariance is that of codes drawn from the posteriors", (t) => {
  const [batch, draws] = [4, 20_000];
  const stream = createStream(3, "codes");
  const mean = tf.tensor2d(stream.normal(0, batch * 2), [batch, 2]);
  const logVar = tf.tensor2d(stream.normal(1, batch * 2), [batch, 2]);
  const epsilon = tf.tensor3d(stream.normal(2, draws * batch * 2), [draws, batch, 2]);
  const codes = tf.reshape(tf.add(mean, tf.mul(tf.exp(tf.mul(logVar, 0.5)), epsilon)), [draws * batch, 2]) as tf.Tensor2D;
  const point: Posterior = { mean: codes, logVar: tf.zerosLike(codes) };
  const [drawn, asked] = [covarianceDistance(point, "i"), covarianceDistance({ mean, logVar }, "ii")];
  for (const name of ["offDiagonal", "diagonal"] as const) {
    const [actual, expected] = [scalar(asked[name]), scalar(drawn[name])];
    t.true(Math.abs(actual - expected) < 0.03 * Math.max(1, expected), `${name}: ${actual}, of codes ${expected}`);
  }
});

test("the terms are the reconstruction, the KL and the two distances with their weights", (t) => {
  const terms = build({ lambdaOd: 5, lambdaD: 50 }).loss(update(2));
  t.deepEqual(terms.map(({ name, weight }) => [name, weight]), [["reconstruction", 1], ["kl", 1], ["dipOd", 5], ["dipD", 50]]);
  const [reconstruction, kl, dipOd, dipD] = terms.map(({ value }) => scalar(value)) as [number, number, number, number];
  t.true(Math.abs(scalar(total(terms)) - (reconstruction + kl + 5 * dipOd + 50 * dipD)) < 1e-3);
  t.true(build().lossConvention.includes("squared covariances"));
});

test("a batch of one has no covariance, and is refused", (t) => {
  t.throws(() => build().loss(update(1)), { instanceOf: IdganError, code: "BACKBONE_INVALID", message: /represent\.batch/ });
});

function build(options: Partial<DipVaeOptions> = {}): VaeBackbone {
  return plugin.build({ ...defaults, ...options }, { image: unitSpace(8, 1), latentDim: 2, datasetSize: 100, init: createInitializer(1) });
}

function update(batch: number): VaeStep {
  const c = tf.tensor2d(createStream(4, "mean").normal(0, batch * 2), [batch, 2]);
  return { step: tf.scalar(0), x: tf.ones([batch, 8, 8, 1]), reconstruction: tf.ones([batch, 8, 8, 1]), posterior: { mean: c, logVar: tf.zerosLike(c) }, c, noise: {} };
}

function cost(posterior: Posterior, type: "i" | "ii"): number {
  const { offDiagonal, diagonal } = covarianceDistance(posterior, type);
  return scalar(offDiagonal) + scalar(diagonal);
}

function scalar(value: tf.Scalar): number {
  return value.dataSync()[0] ?? Number.NaN;
}

function close(t: { true(value: boolean, message: string): unknown }, actual: ArrayLike<number>, expected: readonly number[]): void {
  const scale = Math.max(...expected.map(Math.abs));
  const error = Math.max(...expected.map((value, i) => Math.abs((actual[i] ?? Number.NaN) - value)));
  t.true(actual.length === expected.length && error / scale < tolerance, `${Array.from(actual).join(", ")}, expected ${expected.join(", ")}`);
}
