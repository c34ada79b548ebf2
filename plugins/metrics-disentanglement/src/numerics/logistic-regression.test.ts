import { readFileSync } from "node:fs";
import test from "ava";
import { createStream } from "@idgan/core";
import { crossEntropy } from "./cross-entropy.js";
import { fitLogistic, predictLogistic, probabilitiesOf } from "./logistic-regression.js";
import { matrixOf } from "./matrix.js";
import { rocAuc } from "./roc-auc.js";

interface Case {
  readonly options: { readonly C: number };
  readonly codes: readonly number[];
  readonly labels: readonly number[];
  readonly probabilities: readonly number[];
  readonly predicted: readonly number[];
  readonly auc: number;
}

const { logistic } = JSON.parse(readFileSync(new URL("../../../../test/fixtures/metrics_numerics.json", import.meta.url), "utf8")) as { readonly logistic: readonly Case[] };

for (const { options: { C }, codes, labels, probabilities, predicted, auc } of logistic) {
  const classes = new Set(labels).size;
  test(`${classes} classes, C ${C}: probabilities and their ROC curves are scikit-learn's`, (t) => {
    const samples = matrixOf(Float64Array.from(codes), 3);
    const model = fitLogistic(samples, labels, { C, tolerance: 1e-10 });
    t.true(model.converged);
    const ours = probabilitiesOf(model, samples);
    t.true(probabilities.every((value, i) => Math.abs(value - (ours[i] ?? Number.NaN)) < 1e-7));
    t.deepEqual([...predictLogistic(model, samples)], predicted);
    const ofClass = (k: number): number => rocAuc(ours.filter((_, i) => i % classes === k), (i) => labels[i] === model.classes[k]);
    const mean = classes === 2 ? ofClass(1) : Array.from({ length: classes }, (_, k) => ofClass(k)).reduce((a, b) => a + b) / classes;
    t.true(Math.abs(mean - auc) < 1e-10);
    const quick = probabilitiesOf(fitLogistic(samples, labels, { C }), samples);
    t.true(quick.every((value, i) => Math.abs(value - (ours[i] ?? Number.NaN)) < 1e-3), "by default");
  });
}

test("the gradient is that of finite differences, over more samples than a block and more features than one pass takes", (t) => {
  const samples = matrixOf(Float64Array.from(createStream(1, "x").normal(0, 150 * 5)), 5);
  for (const logits of [1, 3]) {
    const labels = Int32Array.from(createStream(1, "y").integers(0, 150, Math.max(2, logits)));
    const loss = crossEntropy(samples, labels, logits);
    const weights = Float64Array.from(createStream(1, "v").normal(0, logits * 6));
    const gradient = new Float64Array(weights.length);
    loss(weights, gradient);
    const ignored = new Float64Array(weights.length);
    const step = 1e-5;
    gradient.forEach((slope, i) => {
      const at = (by: number): number => loss(weights.with(i, (weights[i] ?? 0) + by), ignored);
      t.true(Math.abs((at(step) - at(-step)) / (2 * step) - slope) < 1e-8);
    });
  }
});

test("classes that a line parts end finite, and are told apart", (t) => {
  const samples = matrixOf(Float64Array.of(-2, -1, 1, 2), 1);
  const model = fitLogistic(samples, [0, 0, 1, 1], { C: 1e10 });
  t.true(model.weights.every(Number.isFinite));
  t.deepEqual([...predictLogistic(model, samples)], [0, 0, 1, 1]);
});

test("what cannot be fitted is refused", (t) => {
  const samples = matrixOf(Float64Array.of(1, 2), 1);
  t.throws(() => fitLogistic(samples, [3, 3]), { code: "METRIC_INPUT" });
  t.throws(() => fitLogistic(samples, [0, 1, 0]), { code: "METRIC_INPUT" });
  t.throws(() => fitLogistic(samples, [0, 1], { C: -1 }), { code: "METRIC_INPUT" });
  t.throws(() => probabilitiesOf(fitLogistic(samples, [0, 1]), matrixOf(Float64Array.of(1, 2), 2)), { code: "METRIC_INPUT" });
});
