// Codes for which theory gives the scores.
import test, { type ExecutionContext } from "ava";
import { covarianceOf } from "../numerics/covariance.js";
import { matrixOf, type Matrix } from "../numerics/matrix.js";
import { activeUnitsOf } from "./active-units.js";
import { completenessOf, disentanglementOf, importancesOf } from "./dci.js";
import { explicitnessOf } from "./explicitness.js";
import { gaussianTotalCorrelation, traceOf, wassersteinCorrelation } from "./gaussian-correlation.js";
import { robustnessOf } from "./irs.js";
import type { FactorValues, LabelledCodes } from "./labelled-codes.js";
import { mutualInformationGap } from "./mig.js";
import { modularityOf } from "./modularity.js";
import { pairwiseInformation } from "./pairwise-information.js";
import { separationOfClasses, separationOfNumbers } from "./sap.js";
import { meanOf } from "../numerics/statistics.js";
import { everyCombination, unit } from "./synthetic-codes.test.table.js";
import { pairScore, representationOf, similarityOf } from "./udr.js";

const sizes = [3, 4, 5];
/** Every combination as often as any other, so that the factors are independent to the last digit. */
const factors = repeat(everyCombination(sizes), 5);
const exact = 1e-12;

function repeat({ rows, columns, values }: FactorValues, times: number): FactorValues {
  return { rows: rows * times, columns, values: Int32Array.from({ length: values.length * times }, (_, place) => values[place % values.length] ?? 0) };
}

/** Codes whose row is what `encode` makes of the factors' values. */
function codesOf(encode: (values: readonly [number, number, number], row: number) => readonly number[], of = factors): LabelledCodes {
  const rows = Array.from({ length: of.rows }, (_, row) => encode([of.values[row * 3] ?? 0, of.values[row * 3 + 1] ?? 0, of.values[row * 3 + 2] ?? 0], row));
  return { codes: matrixOf(Float64Array.from(rows.flat()), rows[0]?.length ?? 0), factors: of };
}

function near(t: ExecutionContext, actual: number, expected: number, tolerance = exact): void {
  t.true(Math.abs(actual - expected) <= tolerance, `${actual}, not ${expected}`);
}

const ideal = codesOf((values) => values);
const duplicated = codesOf(([a, b, c]) => [a, b, c, a, b, c]);
const random = codesOf((_, row) => [0, 1, 2].map((latent) => unit(row, latent) - 0.5));

test("ideal codes: every latent tells one factor all, and the others nothing", async (t) => {
  const { value, gaps, information } = mutualInformationGap(ideal, 20);
  near(t, value, 1);
  gaps.forEach((gap) => near(t, gap, 1));
  near(t, modularityOf(information).value, 1);
  near(t, robustnessOf(ideal, { quantile: 1, bins: 20 }).value, 1);
  near(t, pairwiseInformation(ideal.codes, 20).value, 0);
  near(t, gaussianTotalCorrelation(covarianceOf(ideal.codes)).value, 0);
  near(t, wassersteinCorrelation(covarianceOf(ideal.codes)), 0);
  // A squared correlation of 1 with the own factor, 0 with the others.
  near(t, separationOfNumbers(ideal).value, 1);
  const { importance, testAccuracies } = await importancesOf(ideal, ideal, ["a", "b", "c"], { stages: 20 });
  near(t, disentanglementOf(importance).value, 1, 1e-9);
  near(t, completenessOf(importance).value, 1, 1e-9);
  t.deepEqual(testAccuracies, [1, 1, 1]);
});

test("duplicated codes: the second best latent is as good as the best, so that gaps close and modularity stays", (t) => {
  const { value, information } = mutualInformationGap(duplicated, 20);
  near(t, value, 0);
  near(t, modularityOf(information).value, 1);
  near(t, separationOfClasses(duplicated, duplicated, 0.01).value, 0);
  near(t, robustnessOf(duplicated, { quantile: 1, bins: 20 }).value, 1);
  // 3 of 15 pairs share all they know: ln 3, ln 4 and ln 5 nats.
  near(t, pairwiseInformation(duplicated.codes, 20).value, (Math.log(3) + Math.log(4) + Math.log(5)) / 15);
});

test("duplicated codes: importance in two places of six leaves completeness 1 - ln 2 / ln 6", (t) => {
  const shared = [0, 1, 2].map((factor) => [0, 1, 2, 3, 4, 5].map((latent) => (latent % 3 === factor ? 0.5 : 0)));
  near(t, completenessOf(shared).value, 1 - Math.log(2) / Math.log(6), 1e-8);
  near(t, disentanglementOf(shared).value, 1, 1e-8);
});

test("duplicated codes: the total correlation is infinite, and said to be", (t) => {
  const { value, isSingular } = gaussianTotalCorrelation(covarianceOf(duplicated.codes));
  t.true(isSingular);
  t.true(Number.isFinite(value));
  t.true(value > 30);
});

test("one latent with two factors: its second factor costs modularity (ln 3 / ln 4)² / 2, and completeness nothing", (t) => {
  // Latent 0 tells shape of 3 and scale of 4 apart, latent 1 the third factor, latent 2 nothing.
  const { value, information, gaps } = mutualInformationGap(codesOf(([a, b, c]) => [a + 3 * b, c, 0]), 20);
  near(t, value, 1);
  gaps.forEach((gap) => near(t, gap, 1));
  const { each } = modularityOf(information);
  near(t, each[0] ?? 0, 1 - (Math.log(3) / Math.log(4)) ** 2 / 2);
  near(t, each[1] ?? 0, 1);
  t.is(each[2], 0);
});

test("one latent with two factors: disentanglement is 1 - ln 2 / ln 3 there, weighted by two factors of three", (t) => {
  const importance = [[1, 0, 0], [1, 0, 0], [0, 1, 0]];
  near(t, disentanglementOf(importance).value, (2 / 3) * (1 - Math.log(2) / Math.log(3)) + 1 / 3, 1e-8);
  near(t, completenessOf(importance).value, 1, 1e-8);
});

test("rotated codes: two latents that share two factors halve what a gap can be", (t) => {
  // (a, b) turned by 45 degrees: both latents tell as much of either factor, and are uncorrelated for factors of equal variance.
  const square = repeat(everyCombination([4, 4, 2]), 5);
  const turned = codesOf(([a, b, c]) => [a + b, a - b, c], square);
  const { gaps } = mutualInformationGap(turned, 20);
  near(t, gaps[0] ?? 1, 0);
  near(t, gaps[1] ?? 1, 0);
  near(t, gaps[2] ?? 0, 1);
  near(t, separationOfNumbers(turned).gaps[0] ?? 1, 0);
  near(t, separationOfNumbers(turned).scores[0]?.[0] ?? 0, 0.5);
  near(t, gaussianTotalCorrelation(covarianceOf(turned.codes)).value, 0);
  // While b stands still, a + b deviates by 1.5 at most, of 3 in all.
  near(t, robustnessOf(turned, { quantile: 1, bins: 20 }).robustness[1]?.[0] ?? 0, 0.5);
});

test("a latent of variance up to 1e-12 predicts nothing, as in disentanglement_lib", (t) => {
  const scaled = (scale: number) => separationOfNumbers(codesOf(([a, b, c]) => [scale * a, b, c])).scores[0]?.[0] ?? Number.NaN;
  t.is(scaled(1e-6), 0); // the factor's variance is 2/3
  near(t, scaled(1e-5), 1, 1e-9);
});

test("each factor's trees draw from a stream of its own", async (t) => {
  const twice = codesOf(([a]) => [a, a]);
  const same = { ...twice, factors: { ...twice.factors, values: twice.factors.values.map((_, place, all) => all[place - (place % 3)] ?? 0) } };
  const { importance } = await importancesOf(same, same, ["a", "b", "c"], { stages: 5 });
  t.notDeepEqual(importance[0], importance[1]);
  t.deepEqual((await importancesOf(same, same, ["a", "a", "c"], { stages: 5 })).importance[1], importance[0]);
});

test("random codes: no score is far from what chance gives", async (t) => {
  const { value, information } = mutualInformationGap(random, 20);
  t.true(value < 0.1);
  // Miller and Madow: the plug-in estimate of no information is (bins - 1)(values - 1) / 2n.
  near(t, meanOf(information[2] ?? []), (19 * 4) / (2 * factors.rows), 0.06);
  t.true(separationOfClasses(random, random, 0.01).value < 0.1);
  const { testAccuracies } = await importancesOf(random, codesOf((_, row) => [7, 8, 9].map((latent) => unit(row, latent) - 0.5)), ["a", "b", "c"], { stages: 20 });
  sizes.forEach((size, factor) => near(t, testAccuracies[factor] ?? 0, 1 / size, 0.1));
  near(t, explicitnessOf(random, codesOf((_, row) => [7, 8, 9].map((latent) => unit(row, latent) - 0.5)), 1).value, 0.5, 0.1);
});

test("explicitness: classes on a line are told by one logit if they lie at its ends, and the middle by its density", (t) => {
  // A factor of two values in an otherwise constant code: the curve is perfect.
  const binary = repeat(everyCombination([2, 2, 2]), 20);
  const { each } = explicitnessOf(codesOf(([a]) => [a, 5], binary), codesOf(([a]) => [a, 5], binary), 1);
  near(t, each[0] ?? 0, 1);
  near(t, each[1] ?? 0, 0.5);
});

test("the Gaussian scores of a correlation r: -ln(1 - r²) / 2, and 4 - 2 (√(1 + r) + √(1 - r))", (t) => {
  const covariance = (r: number) => ({ size: 2, values: Float64Array.of(1, r, r, 1) });
  for (const r of [0, 0.3, -0.8, 0.999]) {
    near(t, gaussianTotalCorrelation(covariance(r)).value, -0.5 * Math.log(1 - r * r), 1e-11);
    near(t, wassersteinCorrelation(covariance(r)), 4 - 2 * (Math.sqrt(1 + r) + Math.sqrt(1 - r)), 1e-11);
  }
  t.is(traceOf(covariance(0.3)), 2);
});

test("active units are counted by variances above the threshold", (t) => {
  const { value, variances } = activeUnitsOf(matrixOf(Float64Array.of(0.2, 0.05, 3, -0.2, -0.05, 3), 3), 0.01);
  t.is(value, 1);
  near(t, variances[0] ?? 0, 0.04);
  near(t, variances[1] ?? 0, 0.0025);
  t.is(variances[2], 0);
});

test("UDR by rank correlation: a run and its permuted, mirrored twin score 1; two latents turned by 45 degrees score what their correlations give", (t) => {
  const represent = ({ values, columns }: Matrix) => representationOf({ mean: Float32Array.from(values), logVar: new Float32Array(values.length).fill(-3) }, columns, 0.01);
  const score = (a: Matrix, b: Matrix) => pairScore(similarityOf(represent(a), represent(b), { similarity: "spearman", alpha: 0.1 }), represent(a), represent(b));
  near(t, score(ideal.codes, codesOf(([a, b, c]) => [-c, a, 2 * b]).codes), 1);
  const square = repeat(everyCombination([2, 2, 1]), 30);
  const [straight, turned] = [codesOf(([a, b]) => [a, b], square).codes, codesOf(([a, b]) => [a + b, a - b], square).codes];
  // All four correlations are 1/√2: max² / sum = (1/2) / √2.
  near(t, score(straight, turned), 0.5 / Math.SQRT2, 1e-9);
});
