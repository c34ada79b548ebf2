import { readFileSync } from "node:fs";
import test from "ava";
import { pearsonCorrelation, spearmanCorrelation } from "./correlation.js";
import { discretise, histogramEdges } from "./histogram.js";
import { entropyOf, mutualInformation } from "./mutual-information.js";
import { quantileOf } from "./quantile.js";
import { rocAuc } from "./roc-auc.js";

interface Discrete {
  readonly values: readonly number[];
  readonly labels: readonly number[];
  readonly edges: readonly number[];
  readonly bins: readonly number[];
  readonly information: number;
  readonly entropy: number;
  readonly rounded: readonly number[];
  readonly auc: number;
  readonly spearman: number;
  readonly pearson: number;
  readonly quantiles: readonly { readonly q: number; readonly value: number }[];
}

const { discrete } = JSON.parse(readFileSync(new URL("../../../../test/fixtures/metrics_numerics.json", import.meta.url), "utf8")) as { readonly discrete: Discrete };
const { values, labels } = discrete;
/** The fixture has twelve digits. */
const tolerance = 2e-12;
const refused = { code: "METRIC_INPUT" };

function near(actual: number, expected: number): boolean {
  return Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected));
}

test("edges and bins are NumPy's", (t) => {
  t.true(histogramEdges(values, 20).every((edge, i) => near(edge, discrete.edges[i] ?? Number.NaN)));
  t.deepEqual([...discretise(values, 20)], discrete.bins);
});

test("a bin holds its lower edge, the last one its upper too", (t) => {
  t.deepEqual([...discretise([0, 1, 1.999, 2, 3, 4], 4)], [0, 1, 1, 2, 3, 3]);
  t.deepEqual([...discretise([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1], 10)], [0, 1, 2, 2, 4, 5, 5, 6, 8, 9, 9], "as NumPy: 0.3 lies below the double 3 · 0.1");
  t.deepEqual([...discretise([7, 7, 7], 20)], [10, 10, 10], "a constant lies in the middle of a range of one");
});

test("information and entropy are scikit-learn's and SciPy's", (t) => {
  t.true(near(mutualInformation(discrete.bins, labels), discrete.information));
  t.true(near(mutualInformation(labels, discrete.bins), discrete.information));
  t.true(near(entropyOf(labels), discrete.entropy));
});

test("information in closed form: a copy tells the entropy, an independent or a constant variable nothing", (t) => {
  const a = [0, 0, 5, 5, -2, -2];
  t.true(near(entropyOf(a), Math.log(3)));
  t.true(near(mutualInformation(a, a.map((each) => each * 3)), Math.log(3)));
  t.is(mutualInformation([0, 0, 1, 1], [0, 1, 0, 1]), 0);
  t.is(mutualInformation(a, [1, 1, 1, 1, 1, 1]), 0);
  t.is(entropyOf([4, 4]), 0);
});

test("the area under a ROC curve counts a tie as half", (t) => {
  t.true(near(rocAuc(discrete.rounded, (i) => (labels[i] ?? 0) >= 2), discrete.auc));
  t.is(rocAuc([1, 1, 1, 1], (i) => i === 2), 0.5);
  t.is(rocAuc([1, 2, 3, 4], (i) => i >= 2), 1);
  t.is(rocAuc([1, 2, 3, 4], (i) => i < 2), 0);
  t.is(rocAuc([1, 2, 2, 3], (i) => i === 1 || i === 3), 0.875);
  t.throws(() => rocAuc([1, 2], () => true), refused);
});

test("correlations are NumPy's and SciPy's; a constant has none", (t) => {
  t.true(near(pearsonCorrelation(values, labels), discrete.pearson));
  t.true(near(spearmanCorrelation(values, labels), discrete.spearman));
  t.true(near(spearmanCorrelation([1, 2, 3], [1, 10, 1000]), 1));
  t.is(pearsonCorrelation([0.1, 0.1, 0.1], [1, 2, 3]), 0);
  t.is(spearmanCorrelation([1, 2, 3], [5, 5, 5]), 0);
});

test("quantiles are NumPy's", (t) => {
  for (const { q, value } of discrete.quantiles) {
    t.true(near(quantileOf(values, q), value), `${q}`);
  }
  t.throws(() => quantileOf(values, 1.5), refused);
});

test("nothing, NaN, infinities and unlike lengths are refused", (t) => {
  for (const bad of [[], [1, Number.NaN], [Number.POSITIVE_INFINITY, 2]]) {
    t.throws(() => discretise(bad, 5), refused);
    t.throws(() => entropyOf(bad), refused);
    t.throws(() => mutualInformation(bad, bad), refused);
    t.throws(() => rocAuc(bad, (i) => i === 0), refused);
    t.throws(() => pearsonCorrelation(bad, bad), refused);
    t.throws(() => spearmanCorrelation(bad, bad), refused);
    t.throws(() => quantileOf(bad, 0.5), refused);
  }
  t.throws(() => mutualInformation([1, 2], [1]), refused);
  t.throws(() => pearsonCorrelation([1, 2], [1]), refused);
  t.throws(() => discretise([1, 2], 0), refused);
});
