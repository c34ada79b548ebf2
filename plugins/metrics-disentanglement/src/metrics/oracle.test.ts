// Against disentanglement_lib's own functions, scikit-learn and SciPy on the same codes: test/fixtures/metrics_scores.py.
import { readFileSync } from "node:fs";
import test, { type ExecutionContext } from "ava";
import { covarianceOf } from "../numerics/covariance.js";
import { matrixOf } from "../numerics/matrix.js";
import { betaVaeScore, differencesOf, type DifferencePoints } from "./beta-vae-score.js";
import { completenessOf, disentanglementOf, importancesOf } from "./dci.js";
import { exactMutualInformationGap } from "./exact-mig.js";
import { explicitnessOf } from "./explicitness.js";
import { activeLatents, factorVaeScore, stillestLatents, type VoteTable } from "./factor-vae-score.js";
import { gaussianTotalCorrelation, traceOf, wassersteinCorrelation } from "./gaussian-correlation.js";
import { robustnessOf } from "./irs.js";
import type { FactorValues } from "./labelled-codes.js";
import { mutualInformationGap } from "./mig.js";
import { modularityOf } from "./modularity.js";
import { pairwiseInformation } from "./pairwise-information.js";
import { separationOfClasses, separationOfNumbers } from "./sap.js";
import { meanOf, medianOf } from "../numerics/statistics.js";
import { everyCombination, syntheticCodes, syntheticSample, syntheticValues, unit } from "./synthetic-codes.test.table.js";
import { pairScore, representationOf, similarityOf, type Representation } from "./udr.js";

interface Range {
  readonly least: number;
  readonly greatest: number;
}

interface Fixture {
  readonly factorVae: Readonly<Record<"train" | "evaluation", number>>;
  readonly betaVae: Readonly<Record<"train" | "evaluation", number>>;
  readonly mig: number;
  readonly information: readonly (readonly number[])[];
  readonly sap: number;
  readonly sapOfNumbers: number;
  readonly dci: Readonly<Record<"informativeness_train" | "informativeness_test" | "disentanglement" | "completeness", Range>>;
  readonly modularity: number;
  readonly explicitness: Readonly<Record<"train" | "test", number>>;
  readonly irs: number;
  readonly gaussianTotalCorrelation: number;
  readonly wassersteinCorrelation: number;
  readonly wassersteinCorrelationNormalised: number;
  readonly pairwiseInformation: number;
  readonly exactMig: { readonly value: number; readonly drawn: number; readonly entropies: readonly number[]; readonly information: readonly (readonly number[])[] };
  readonly udr: Readonly<Record<"lasso" | "spearman", { readonly pairs: readonly number[]; readonly value: number }>>;
}

const fixture = JSON.parse(readFileSync(new URL("../../../../test/fixtures/metrics_scores.json", import.meta.url), "utf8")) as Fixture;
const sizes = [3, 6, 10];
const train = syntheticSample(600, sizes, 10);
const heldOut = syntheticSample(300, sizes, 30);
/** What the issue asks of scores that are computed, not fitted. */
const same = 1e-6;

function near(t: ExecutionContext, actual: number, expected: number, tolerance: number, what = ""): void {
  t.true(Math.abs(actual - expected) <= tolerance, `${what} ${actual}, not ${expected} within ${tolerance}`);
}

function nearTable(t: ExecutionContext, actual: readonly (readonly number[])[], expected: readonly (readonly number[])[], tolerance: number): void {
  t.is(actual.length, expected.length);
  actual.forEach((row, i) => row.forEach((value, j) => near(t, value, expected[i]?.[j] ?? Number.NaN, tolerance, `[${i}][${j}]`)));
}

test("MIG and mutual informations are disentanglement_lib's", (t) => {
  const { value, information } = mutualInformationGap(train, 20);
  near(t, value, fixture.mig, same);
  nearTable(t, information, fixture.information, same);
  near(t, pairwiseInformation(train.codes, 20).value, fixture.pairwiseInformation, same);
});

test("SAP of classes and of numbers is disentanglement_lib's", (t) => {
  near(t, separationOfClasses(train, heldOut, 0.01).value, fixture.sap, same);
  near(t, separationOfNumbers(train).value, fixture.sapOfNumbers, same);
});

test("modularity is disentanglement_lib's, and explicitness up to where its descent stops", (t) => {
  near(t, modularityOf(mutualInformationGap(train, 20).information).value, fixture.modularity, same);
  const { value, train: seen } = explicitnessOf(train, heldOut, 1);
  near(t, value, fixture.explicitness.test, 1e-4);
  near(t, meanOf(seen), fixture.explicitness.train, 1e-4);
});

test("DCI lies within disentanglement_lib's spread over ten seeds and both directions of the codes", async (t) => {
  const { importance, trainAccuracies, testAccuracies } = await importancesOf(train, heldOut, ["a", "b", "c"], {});
  const within = (value: number, { least, greatest }: Range, what: string): void => {
    t.true(value >= least - 1e-9 && value <= greatest + 1e-9, `${what}: ${value}, not ${least} to ${greatest}`);
  };
  within(disentanglementOf(importance).value, fixture.dci.disentanglement, "disentanglement");
  within(completenessOf(importance).value, fixture.dci.completeness, "completeness");
  within(meanOf(testAccuracies), fixture.dci.informativeness_test, "informativeness");
  within(meanOf(trainAccuracies), fixture.dci.informativeness_train, "informativeness on the training images");
});

test("IRS is disentanglement_lib's", (t) => {
  near(t, robustnessOf(train, { quantile: 0.99, bins: 20 }).value, fixture.irs, same);
});

test("Gaussian total correlation and Wasserstein correlation are disentanglement_lib's", (t) => {
  const covariance = covarianceOf(train.codes);
  near(t, gaussianTotalCorrelation(covariance).value, fixture.gaussianTotalCorrelation, same);
  near(t, wassersteinCorrelation(covariance), fixture.wassersteinCorrelation, same);
  near(t, wassersteinCorrelation(covariance) / traceOf(covariance), fixture.wassersteinCorrelationNormalised, same);
});

/** Batch `number` as metrics_scores.py replays it: its fixed factor, and values with that factor as in `model`. */
const batch = 4;
const fixedFactor = (number: number): number => Math.floor(unit(number, 1) * sizes.length);
const pinned = (factors: FactorValues, column: number, valueOf: (row: number) => number): FactorValues => ({
  ...factors,
  values: factors.values.map((value, place) => (place % sizes.length === column ? valueOf(Math.floor(place / sizes.length)) : value)),
});

test("the FactorVAE score on the same batches is disentanglement_lib's", (t) => {
  const { variances, active } = activeLatents(train.codes, 0.05);
  t.deepEqual(active, [0, 1, 2, 3]);
  const votesOf = (first: number, count: number): VoteTable => {
    const votes = sizes.map(() => [0, 0, 0, 0, 0]);
    for (let number = 1000 + first; number < 1000 + first + count; number += 1) {
      const [factor, salt] = [fixedFactor(number), number * 100];
      const drawn = syntheticValues(batch, sizes, salt + 10);
      const codes = syntheticCodes(pinned(drawn, factor, () => drawn.values[factor] ?? 0), sizes, salt + 20);
      const [latent = 0] = stillestLatents({ factors: Uint32Array.of(factor), codes }, variances, active);
      votes[factor]![latent]! += 1;
    }
    return votes;
  };
  const { value, trainAccuracy } = factorVaeScore(votesOf(0, 400), votesOf(400, 200));
  near(t, value, fixture.factorVae.evaluation, same);
  near(t, trainAccuracy, fixture.factorVae.train, same);
});

test("the BetaVAE score on the same batches is disentanglement_lib's", (t) => {
  const pointsOf = (first: number, count: number): DifferencePoints => {
    const [differences, labels] = [new Float64Array(count * 5), new Int32Array(count)];
    for (let i = 0; i < count; i += 1) {
      const number = 2000 + first + i;
      const [factor, salt] = [fixedFactor(number), number * 100];
      const values = syntheticValues(batch, sizes, salt + 10);
      const others = pinned(syntheticValues(batch, sizes, salt + 20), factor, (row) => values.values[row * sizes.length + factor] ?? 0);
      const [codes, partners] = [syntheticCodes(values, sizes, salt + 30), syntheticCodes(others, sizes, salt + 40)];
      differences.set(differencesOf({ factors: Uint32Array.of(factor), codes, partners }), i * 5);
      labels[i] = factor;
    }
    return { differences: matrixOf(differences, 5), labels };
  };
  const { value, trainAccuracy } = betaVaeScore(pointsOf(0, 400), pointsOf(400, 200), sizes.length, 1);
  near(t, value, fixture.betaVae.evaluation, 0.01);
  near(t, trainAccuracy, fixture.betaVae.train, 0.01);
});

test("Chen's MIG is that of adaptive quadrature, and near that of 10,000 draws", (t) => {
  const factors = everyCombination(sizes);
  const codes = syntheticCodes(factors, sizes, 50);
  const column = (latent: number): Float32Array => Float32Array.from({ length: codes.rows }, (_, i) => codes.values[i * 5 + latent] ?? 0);
  const logVar = (latent: number): Float32Array => Float32Array.from({ length: codes.rows }, (_, i) => 2 * unit(i, 60 + latent) - 3);
  const latents = [0, 1, 2, 3, 4];
  const result = exactMutualInformationGap({ mean: latents.map(column), logVar: latents.map(logVar) }, factors, sizes);
  nearTable(t, [result.latentEntropies], [fixture.exactMig.entropies], 1e-8);
  nearTable(t, result.information, fixture.exactMig.information, 1e-8);
  near(t, result.value, fixture.exactMig.value, 1e-8);
  near(t, result.value, fixture.exactMig.drawn, 0.02);
});

test("UDR is that of scikit-learn's Lasso and SciPy's rank correlations", (t) => {
  const width = 5;
  const represent = (values: Float64Array, dead: number): Representation =>
    representationOf({ mean: Float32Array.from(values), logVar: Float32Array.from(values, (_, place) => (place % width === dead ? 0 : -2.75)) }, width, 0.01);
  const own = Float64Array.from(train.codes.values);
  const [places, signs] = [[1, 0, 2, 4, 3], [1, -1, 0.5, 1, 1]];
  const others = [0, 1, 2].map((run) =>
    represent(own.map((_, place) => (own[place - (place % width) + places[place % width]!] ?? 0) * signs[place % width]! + 0.25 * (unit(place, 70 + run) - 0.5)), 3),
  );
  const ours = represent(own, 4);
  for (const similarity of ["lasso", "spearman"] as const) {
    const pairs = others.map((theirs) => pairScore(similarityOf(theirs, ours, { similarity, alpha: 0.1 }), theirs, ours));
    nearTable(t, [pairs], [fixture.udr[similarity].pairs], same);
    near(t, medianOf(pairs), fixture.udr[similarity].value, same);
  }
});
