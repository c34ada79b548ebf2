import { readFileSync } from "node:fs";
import test from "ava";
import { createStream } from "@idgan/core";
import { predictClasses, rawPredictions } from "./boosted-trees.js";
import { fitBoosting } from "./gradient-boosting.js";
import { matrixOf, type Matrix } from "./matrix.js";

interface Case {
  readonly options: { readonly stages: number; readonly depth: number };
  readonly codes: readonly number[];
  readonly labels: readonly number[];
  readonly tests: readonly number[];
  readonly importances: readonly number[];
  readonly accuracy: number;
  readonly predicted: readonly number[];
  readonly first: readonly number[];
  readonly last: readonly number[];
}

interface Defaults {
  readonly codes: readonly number[];
  readonly labels: readonly number[];
  readonly tests: readonly number[];
  readonly answers: readonly number[];
  readonly importances: readonly (readonly number[])[];
  readonly accuracies: readonly number[];
  readonly trainAccuracies: readonly number[];
}

const fixture = JSON.parse(readFileSync(new URL("../../../../test/fixtures/metrics_numerics.json", import.meta.url), "utf8")) as {
  readonly boosting: readonly Case[];
  readonly boostingDefaults: Defaults;
};
const tolerance = 1e-9;

function table(values: readonly number[], columns: number): Matrix {
  return matrixOf(Float64Array.from(values), columns);
}

function furthest(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  return Math.max(actual.length === expected.length ? 0 : Number.POSITIVE_INFINITY, ...Array.from(actual, (value, i) => Math.abs(value - (expected[i] ?? Number.NaN))));
}

function shareRight(predicted: ArrayLike<number>, labels: ArrayLike<number>): number {
  return Array.from(predicted).filter((label, i) => label === labels[i]).length / labels.length;
}

for (const { options, codes, labels, tests, importances, accuracy, predicted, first, last } of fixture.boosting) {
  const classes = new Set(labels).size;
  test(`${options.stages} stages of depth ${options.depth} for ${classes} classes are scikit-learn's, tree by tree`, (t) => {
    const samples = table(codes, 3);
    const model = fitBoosting(samples, labels, options);
    t.true(furthest(model.featureImportances, importances) < tolerance, `${furthest(model.featureImportances, importances)}`);
    t.true(furthest(rawPredictions(model, table(tests, 3), 1), first) < tolerance);
    t.true(furthest(rawPredictions(model, table(tests, 3)), last) < tolerance, `${furthest(rawPredictions(model, table(tests, 3)), last)}`);
    t.deepEqual([...predictClasses(model, table(tests, 3))], predicted);
    t.deepEqual([...model.fitted], [...predictClasses(model, samples)]);
    t.is(shareRight(model.fitted, labels), accuracy);
  });
}

test("with the defaults, importances and accuracy lie in the spread of scikit-learn over its seeds", (t) => {
  const { codes, labels, tests, answers, importances, accuracies, trainAccuracies } = fixture.boostingDefaults;
  const model = fitBoosting(table(codes, 4), labels);
  const within = (value: number, oracle: readonly number[]): boolean => {
    const [least, most] = [Math.min(...oracle), Math.max(...oracle)];
    const margin = (most - least) / 2 + 1e-9; // ten seeds do not reach the ends
    return value >= least - margin && value <= most + margin;
  };
  model.featureImportances.forEach((value, j) => t.true(within(value, importances.map((row) => row[j] ?? Number.NaN)), `feature ${j}: ${value}`));
  t.true(within(shareRight(model.fitted, labels), trainAccuracies));
  t.true(within(shareRight(predictClasses(model, table(tests, 4)), answers), accuracies));
});

test("two equal features share the importance, by the seed, and one seed gives one model", (t) => {
  const values = createStream(3, "codes").normal(0, 300);
  const labels = Array.from(values, (value) => (value > 0.3 ? 2 : value > -0.3 ? 1 : 0));
  const twice = matrixOf(Float64Array.from({ length: 600 }, (_, i) => values[i >> 1] ?? 0), 2);
  const [share = 0] = fitBoosting(twice, labels, { stages: 30 }).featureImportances;
  t.true(share > 0.3 && share < 0.7, `${share}`);
  t.deepEqual(fitBoosting(twice, labels, { stages: 3, seed: 5 }), fitBoosting(twice, labels, { stages: 3, seed: 5 }));
  t.notDeepEqual(fitBoosting(twice, labels, { stages: 3, seed: 5 }).features, fitBoosting(twice, labels, { stages: 3, seed: 6 }).features);
  t.notDeepEqual(fitBoosting(twice, labels, { stages: 3, stream: "a" }).features, fitBoosting(twice, labels, { stages: 3, stream: "b" }).features);
});

test("a feature that tells the classes apart has all the importance, and every label is predicted", (t) => {
  const noise = createStream(4, "codes").normal(0, 400);
  const labels = Array.from({ length: 200 }, (_, i) => (i * 7) % 5);
  const codes = matrixOf(Float64Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? (labels[i >> 1] ?? 0) : (noise[i] ?? 0))), 2);
  const model = fitBoosting(codes, labels);
  t.true((model.featureImportances[0] ?? 0) > 1 - 1e-9);
  t.deepEqual([...model.fitted], labels);
  t.true(model.leaves.every(Number.isFinite));
});

test("constant features leave the classes' shares, and no importance", (t) => {
  const model = fitBoosting(table([1, 2, 1, 2, 1, 2], 2), [4, 9, 9], { stages: 2 });
  t.deepEqual([...model.featureImportances], [0, 0]);
  t.true(furthest(model.initial, [Math.log(2)]) < 1e-15);
  t.deepEqual([...model.fitted], [9, 9, 9]);
});

test("what cannot be fitted is refused", (t) => {
  const refused = { code: "METRIC_INPUT" };
  const samples = table([1, 2, 3], 1);
  t.throws(() => fitBoosting(samples, [1, 1, 1]), { ...refused, message: /two classes/ });
  t.throws(() => fitBoosting(samples, [1, 2]), { ...refused, message: /3 samples stand beside 2/ });
  t.throws(() => fitBoosting(samples, [0, 1, Number.NaN]), { ...refused, message: /NaN is no label/ });
  t.throws(() => fitBoosting(samples, [0, 1, 0], { stages: 0 }), refused);
  t.throws(() => fitBoosting(samples, [0, 1, 0], { depth: 1.5 }), refused);
  t.throws(() => fitBoosting(table([1, 1e300, 2], 1), [0, 1, 0]), refused, "beyond single precision");
  t.throws(() => predictClasses(fitBoosting(samples, [0, 1, 0]), table([1, 2], 2)), { ...refused, message: /2 features/ });
});
