import { createStream, IdganError, repairGradients, type Posterior } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import test from "ava";
import { readFileSync } from "node:fs";
import { decompose, type Estimator } from "./decomposition.js";
import { exactDecomposition, pointwise, type Mixture } from "./decomposition.test.mixture.js";
import { stratifiedLogWeights } from "./sampling-weights.js";

interface Fixture {
  readonly batch: number;
  readonly latentDim: number;
  readonly datasetSize: number;
  readonly weights: { readonly alpha: number; readonly beta: number; readonly gamma: number };
  readonly totalCorrelation: readonly {
    readonly estimator: Estimator;
    readonly mi: number;
    readonly tc: number;
    readonly dwkl: number;
    readonly meanGradient: readonly number[];
    readonly logVarGradient: readonly number[];
  }[];
}

const fixture = JSON.parse(readFileSync(new URL("../../../test/fixtures/disentangling.json", import.meta.url), "utf8")) as Fixture;
const estimators: readonly Estimator[] = ["weighted", "stratified"];
const tolerance = 1e-5;

test.before(async () => {
  await tf.setBackend("cpu");
  repairGradients();
});

for (const expected of fixture.totalCorrelation) {
  test(`${expected.estimator} sampling and its gradients are PyTorch's`, (t) => {
    const { batch, latentDim, datasetSize, weights } = fixture;
    const formula = (salt: number, scale: number) => {
      const numbers = Float32Array.from({ length: batch * latentDim }, (_, i) => (((i * 7919 + salt * 104729) % 1009) / 1009 - 0.5) * scale); // as formula.py
      return tf.tensor2d(numbers, [batch, latentDim]);
    };
    tf.tidy(() => {
      const [mean, logVar, epsilon] = [formula(1, 3), formula(2, 2), formula(3, 4)];
      const parts = (posterior: Posterior) => {
        const c = tf.add<tf.Tensor2D>(posterior.mean, tf.mul(tf.exp(tf.mul(posterior.logVar, 0.5)), epsilon));
        return decompose(c, posterior, expected.estimator, datasetSize);
      };
      const { mi, tc, dwkl } = parts({ mean, logVar });
      close(t, [scalar(mi), scalar(tc), scalar(dwkl)], [expected.mi, expected.tc, expected.dwkl]);
      const [meanGradient, logVarGradient] = tf.grads((m, v) => {
        const at = parts({ mean: m as tf.Tensor2D, logVar: v as tf.Tensor2D });
        return tf.addN([tf.mul(at.mi, weights.alpha), tf.mul(at.tc, weights.beta), tf.mul(at.dwkl, weights.gamma)]);
      })([mean, logVar]);
      close(t, meanGradient?.dataSync() ?? [], expected.meanGradient);
      close(t, logVarGradient?.dataSync() ?? [], expected.logVarGradient);
    });
  });
}

test("the rows of stratified weights sum to 1 for every batch from 2 to 64, and every image of the dataset counts 1/N on average", (t) => {
  for (let batch = 2; batch <= 64; batch += 1) {
    for (const datasetSize of [batch, batch + 1, 100, 1000, 737_280].filter((size) => size >= batch)) {
      const rows = tf.tidy(() => tf.exp(stratifiedLogWeights(batch, datasetSize)).arraySync());
      for (const [i, row] of rows.entries()) {
        t.true(Math.abs(row.reduce((sum, weight) => sum + weight, 0) - 1) < tolerance, `row ${i} of ${batch} out of ${datasetSize}`);
        // The others are drawn alike from N - 1 images, so that each of these counts 1/N if they count (N - 1)/N together.
        t.true(Math.abs((row[i] ?? 0) * datasetSize - 1) < tolerance);
      }
    }
  }
});

/** Posteriors along a line, so that the latents are correlated; N images, of which a batch is a share. */
function correlatedMixture(size: number): Mixture {
  const stream = createStream(5, "mixture");
  const along = stream.normal(0, size);
  const beside = stream.normal(1, 2 * size);
  const mean = Float64Array.from({ length: 2 * size }, (_, i) => (along[i >> 1] ?? 0) * (i % 2 === 0 ? 1 : -0.8) + 0.3 * (beside[i] ?? 0));
  const deviation = Float64Array.from(stream.uniform(0, 2 * size), (u) => 0.3 + 0.4 * u);
  return { size, mean, deviation };
}

test("of a whole dataset, weighted sampling is exact but for its constant: log N more in MI and TC, 2 log N less in DWKL", (t) => {
  const mixture = correlatedMixture(40);
  const { c, posterior } = drawBatch(mixture, Array.from({ length: mixture.size }, (_, i) => i), 0);
  const exact = pointwise(mixture, c.dataSync());
  const estimate = values(decompose(c, posterior, "weighted", mixture.size));
  const constant = Math.log(mixture.size);
  close(t, [estimate.mi, estimate.tc, estimate.dwkl], [exact.mi + constant, exact.tc + constant, exact.dwkl - 2 * constant]);
});

test("stratified sampling stands beside the exact MI, TC and DWKL of a mixture; weighted sampling keeps its constant", (t) => {
  const mixture = correlatedMixture(40);
  const exact = exactDecomposition(mixture);
  const [batch, batches] = [20, 400];
  const average = (estimator: Estimator) => {
    const sums = { mi: 0, tc: 0, dwkl: 0 };
    for (let step = 0; step < batches; step += 1) {
      const order = Array.from(createStream(6, "batches").permutation(step, mixture.size)).slice(0, batch);
      const { c, posterior } = drawBatch(mixture, order, step);
      const parts = values(decompose(c, posterior, estimator, mixture.size));
      tf.dispose([c, posterior.mean, posterior.logVar]);
      for (const name of ["mi", "tc", "dwkl"] as const) sums[name] += parts[name] / batches;
    }
    return sums;
  };
  const stratified = average("stratified");
  // What is left of the exact values: log is concave, so q(z) is underestimated a little, and sampling error.
  for (const name of ["mi", "tc", "dwkl"] as const) t.true(Math.abs(stratified[name] - exact[name]) < 0.12, `${name}: ${stratified[name]}, exact ${exact[name]}`);
  const weighted = average("weighted");
  for (const [name, times] of [["mi", 1], ["tc", 1], ["dwkl", -2]] as const) {
    const excess = (weighted[name] - exact[name]) / times;
    t.true(excess > Math.log(batch) && excess < Math.log(mixture.size) + 0.1, `${name} is off by ${excess}`);
  }
});

for (const estimator of estimators) {
  test(`the parts of ${estimator} sampling sum to the KL within sampling error`, (t) => {
    const mixture = correlatedMixture(40);
    const { mean, deviation } = mixture;
    const kl = Array.from(mean, (m, i) => 0.5 * (m ** 2 + (deviation[i] ?? 0) ** 2 - 1) - Math.log(deviation[i] ?? 0)).reduce((sum, value) => sum + value, 0) / mixture.size;
    const images = Array.from({ length: mixture.size }, (_, i) => i);
    const sums = Array.from({ length: 300 }, (_, step) => {
      const { c, posterior } = drawBatch(mixture, images, step);
      const { mi, tc, dwkl } = values(decompose(c, posterior, estimator, mixture.size));
      tf.dispose([c, posterior.mean, posterior.logVar]);
      return mi + tc + dwkl;
    });
    const average = sums.reduce((sum, value) => sum + value, 0) / sums.length;
    const error = Math.sqrt(sums.reduce((sum, value) => sum + (value - average) ** 2, 0) / sums.length ** 2);
    t.true(Math.abs(average - kl) < 4 * error, `${average} +- ${error}, KL ${kl}`);
    t.true(error < 0.02);
  });

  test(`${estimator} sampling and its gradients stay finite for posteriors of width e^-20, a hundred apart`, (t) => {
    tf.tidy(() => {
      const mean = tf.tensor2d([[-50, 0], [50, 0], [50, 100]]);
      const logVar = tf.mul<tf.Tensor2D>(tf.ones([3, 2]), -40);
      const gradients = tf.grads((m, v) => {
        const { mi, tc, dwkl } = decompose(m as tf.Tensor2D, { mean: m as tf.Tensor2D, logVar: v as tf.Tensor2D }, estimator, 100);
        return tf.addN([mi, tc, dwkl]);
      })([mean, logVar]);
      for (const value of gradients.flatMap((gradient) => Array.from(gradient.dataSync()))) t.true(Number.isFinite(value));
      for (const part of Object.values(decompose(mean, { mean, logVar }, estimator, 100))) t.true(Number.isFinite(scalar(part as tf.Scalar)));
    });
  });

  test(`${estimator} sampling refuses a batch of one, and a dataset smaller than the batch`, (t) => {
    const codes = (batch: number) => tf.zeros<tf.Rank.R2>([batch, 2]);
    const run = (batch: number, size: number) => () => decompose(codes(batch), { mean: codes(batch), logVar: codes(batch) }, estimator, size);
    t.throws(run(1, 100), { instanceOf: IdganError, code: "BACKBONE_INVALID", message: /represent\.batch/ });
    t.throws(run(4, 3), { instanceOf: IdganError, code: "BACKBONE_INVALID", message: /datasetSize/ });
    t.notThrows(run(4, 4));
  });
}

/** The posteriors of these images, and a code of each. */
function drawBatch({ mean, deviation }: Mixture, images: readonly number[], step: number): { readonly c: tf.Tensor2D; readonly posterior: Posterior } {
  const shape: [number, number] = [images.length, 2];
  const places = images.flatMap((image) => [2 * image, 2 * image + 1]);
  const epsilon = createStream(7, "codes").normal(step, places.length);
  return {
    c: tf.tensor2d(places.map((at, i) => (mean[at] ?? 0) + (deviation[at] ?? 0) * (epsilon[i] ?? 0)), shape),
    posterior: {
      mean: tf.tensor2d(places.map((at) => mean[at] ?? 0), shape),
      logVar: tf.tensor2d(places.map((at) => 2 * Math.log(deviation[at] ?? 0)), shape),
    },
  };
}

function values(parts: Readonly<Record<"mi" | "tc" | "dwkl", tf.Scalar>>): Record<"mi" | "tc" | "dwkl", number> {
  return { mi: scalar(parts.mi), tc: scalar(parts.tc), dwkl: scalar(parts.dwkl) };
}

function scalar(value: tf.Scalar): number {
  return value.dataSync()[0] ?? Number.NaN;
}

function close(t: { true(value: boolean, message: string): unknown }, actual: ArrayLike<number>, expected: readonly number[]): void {
  const scale = Math.max(...expected.map(Math.abs));
  const error = Math.max(...expected.map((value, i) => Math.abs((actual[i] ?? Number.NaN) - value)));
  t.true(actual.length === expected.length && error / scale < tolerance, `${Array.from(actual).join(", ")}, expected ${expected.join(", ")}`);
}
