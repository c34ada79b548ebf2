import { readFileSync } from "node:fs";
import test from "ava";
import { covarianceOf } from "./covariance.js";
import { fitLasso } from "./lasso.js";
import { columnOf, matrixOf } from "./matrix.js";
import { eigenOf } from "./symmetric-eigen.js";

interface Fixture {
  readonly matrices: {
    readonly codes: readonly number[];
    readonly covariance: readonly number[];
    readonly eigenvalues: readonly number[];
  };
  readonly lasso: readonly { readonly alpha: number; readonly codes: readonly number[]; readonly target: readonly number[]; readonly weights: readonly number[] }[];
}

const { matrices, lasso } = JSON.parse(readFileSync(new URL("../../../../test/fixtures/metrics_numerics.json", import.meta.url), "utf8")) as Fixture;
const tolerance = 1e-10;
/** The oracle's descent stops here. */
const lassoTolerance = 1e-9;
const refused = { code: "METRIC_INPUT" };
const correlated = matrixOf(Float64Array.from(matrices.codes), 5);
const covariance = covarianceOf(correlated);

function near(actual: ArrayLike<number>, expected: ArrayLike<number>, within = tolerance): boolean {
  return actual.length === expected.length && Array.from(actual).every((value, i) => Math.abs(value - (expected[i] ?? Number.NaN)) <= within);
}

test("a table refuses what is no table of finite numbers", (t) => {
  t.throws(() => matrixOf(Float32Array.of(1, 2, 3), 2), { ...refused, message: /3 values make no table of 2 columns/ });
  t.throws(() => matrixOf(Float32Array.of(), 2), refused);
  t.throws(() => matrixOf(Float32Array.of(1, Number.NaN), 2), { ...refused, message: /Value 1 of the codes is NaN/ });
  t.deepEqual([...columnOf(matrixOf(Float32Array.of(1, 2, 3, 4), 2), 1)], [2, 4]);
});

test("covariance is NumPy's; a constant column varies by exactly 0", (t) => {
  t.true(near(covariance.values, matrices.covariance));
  t.deepEqual([...covarianceOf(matrixOf(Float64Array.of(0.1, 1, 0.1, 2, 0.1, 3), 2)).values], [0, 0, 0, 1]);
  t.throws(() => covarianceOf(matrixOf(Float64Array.of(1, 2), 2)), refused);
});

test("eigenvalues are LAPACK's, and the vectors turn the matrix into them", (t) => {
  const { values, vectors } = eigenOf(covariance);
  t.true(near(values, matrices.eigenvalues));
  for (let i = 0; i < 5; i += 1) {
    const vector = vectors.subarray(i * 5, (i + 1) * 5);
    const image = Array.from({ length: 5 }, (_, row) => vector.reduce((sum, each, j) => sum + each * (covariance.values[row * 5 + j] ?? 0), 0));
    t.true(near(image, vector.map((each) => each * (values[i] ?? 0))));
  }
  t.deepEqual([...eigenOf({ size: 2, values: Float64Array.of(2, 1, 1, 2) }).values].map((value) => Math.round(value * 1e12) / 1e12), [1, 3]);
  t.deepEqual([...eigenOf({ size: 2, values: new Float64Array(4) }).values], [0, 0]);
});

for (const { alpha, codes, target, weights } of lasso) {
  test(`the lasso of alpha ${alpha} is scikit-learn's`, (t) => {
    t.true(near(fitLasso(matrixOf(Float64Array.from(codes), 4), target, alpha), weights, lassoTolerance));
  });
}

test("the lasso of one feature in closed form, and of constants nothing", (t) => {
  const feature = matrixOf(Float64Array.of(-1, 1), 1);
  t.true(near(fitLasso(feature, [-3, 3], 0.5), [2.5])); // the slope 3, shrunk by alpha over the variance 1
  t.deepEqual([...fitLasso(feature, [-3, 3], 4)], [0]);
  t.deepEqual([...fitLasso(feature, [2, 2], 0.1)], [0]);
  t.deepEqual([...fitLasso(matrixOf(Float64Array.of(0.1, 0.1, 0.1), 1), [1, 2, 4], 0)], [0]);
  t.throws(() => fitLasso(feature, [1], 0.1), refused);
});
