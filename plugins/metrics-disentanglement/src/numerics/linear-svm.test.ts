import { readFileSync } from "node:fs";
import test from "ava";
import { fitLinearSvm, type SvmOptions } from "./linear-svm.js";

interface Case {
  readonly options: SvmOptions;
  readonly codes: readonly number[];
  readonly labels: readonly number[];
  readonly weights: readonly number[];
  readonly intercepts: readonly number[];
  readonly predicted: readonly number[];
}

const { machines } = JSON.parse(readFileSync(new URL("../../../../test/fixtures/metrics_numerics.json", import.meta.url), "utf8")) as { readonly machines: readonly Case[] };
/** The oracle stops by its own tolerance; here the minimum is reached to rounding. */
const tolerance = 1e-8;

for (const { options, codes, labels, weights, intercepts, predicted } of machines) {
  test(`${new Set(labels).size} classes, C ${options.C}${options.balanced ? ", balanced" : ""}: weights and intercepts are LIBLINEAR's`, (t) => {
    const svm = fitLinearSvm(codes, labels, options);
    t.is(svm.machines.length, weights.length);
    svm.machines.forEach(({ weight, intercept }, k) => {
      t.true(Math.abs(weight - (weights[k] ?? Number.NaN)) < tolerance, `${weight} ${weights[k]}`);
      t.true(Math.abs(intercept - (intercepts[k] ?? Number.NaN)) < tolerance, `${intercept} ${intercepts[k]}`);
    });
    t.deepEqual([...svm.predict(codes)], predicted);
  });
}

test("two samples: the minimum in closed form, however small or large", (t) => {
  // At ±s with labels ±1 the intercept is 0 by symmetry, and w² / 2 + 2C (1 − ws)² is least at w = 4Cs / (1 + 4Cs²).
  for (const s of [1e-6, 1, 1e6]) {
    const { machines: [machine] } = fitLinearSvm([-s, s], [0, 1], { C: 0.5, balanced: false });
    const weight = (2 * s) / (1 + 2 * s * s);
    t.true(Math.abs((machine?.weight ?? 0) - weight) < 1e-14 * weight);
    t.true(Math.abs(machine?.intercept ?? 1) < 1e-14);
  }
});

test("a constant feature predicts one label, and its machines are finite", (t) => {
  const svm = fitLinearSvm([0, 0, 0, 0], [1, 2, 2, 3], { C: 0.01, balanced: true });
  t.true(svm.machines.every(({ weight, intercept }) => weight === 0 && Number.isFinite(intercept)));
  t.is(new Set(svm.predict([0, 5, -5])).size, 1);
});

test("what cannot be fitted is refused", (t) => {
  const options = { C: 1, balanced: false };
  t.throws(() => fitLinearSvm([1, Number.NaN], [0, 1], options), { code: "METRIC_INPUT" });
  t.throws(() => fitLinearSvm([], [], options), { code: "METRIC_INPUT" });
  t.throws(() => fitLinearSvm([1, 2], [3, 3], options), { code: "METRIC_INPUT" });
  t.throws(() => fitLinearSvm([1, 2], [0, 1], { C: 0, balanced: false }), { code: "METRIC_INPUT" });
});
