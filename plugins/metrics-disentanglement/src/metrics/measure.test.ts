// What a metric draws, refuses and says; the scores' arithmetic is tested beside.
import { IdganError, type Dataset, type Measurement, type Metric, type Options, type Score } from "@idgan/core";
import test, { type ExecutionContext } from "ava";
import { activeUnits } from "./active-units.js";
import { betaVae } from "./beta-vae-score.js";
import { dci } from "./dci.js";
import { exactMig } from "./exact-mig.js";
import { explicitness } from "./explicitness.js";
import { factorVae } from "./factor-vae-score.js";
import { gaussianTc } from "./gaussian-correlation.js";
import { irs } from "./irs.js";
import { metrics } from "./metrics.js";
import { mig } from "./mig.js";
import { modularity } from "./modularity.js";
import { sap } from "./sap.js";
import { stubMeasurement, type StubRequest } from "./stub-subject.test.table.js";
import { udr } from "./udr.js";

const ideal: StubRequest = { sizes: [3, 4, 5, 8], latentDim: 4, mean: (values, latent, noise) => (values[latent] ?? 0) + 0.1 * noise };
const short = { train: 200, test: 100, evaluation: 100, variances: 200, batch: 16, images: 100 };

/** Measures with `short` in place of the protocol's counts. */
function measure<O extends object>(metric: Metric<O>, measurement: Measurement, over: Partial<O> = {}): Promise<Score> {
  const options = Object.fromEntries(Object.entries(metric.options as Options<Record<string, unknown>>).map(([key, option]) => [key, key in short && option.default !== null ? short[key as keyof typeof short] : option.default]));
  return metric.measure(measurement, { ...options, ...over } as O);
}

async function refusal(t: ExecutionContext, metric: Metric<never>, measurement: Measurement): Promise<string> {
  const error = await t.throwsAsync(measure(metric as Metric<object>, measurement), { instanceOf: IdganError });
  t.is((error as IdganError | undefined)?.code, "METRIC_INPUT");
  return error?.message ?? "";
}

/** The measurement on a dataset with some members changed. */
function onDataset(measurement: Measurement, change: (dataset: Dataset) => Dataset): Measurement {
  return { ...measurement, dataset: change(measurement.dataset) };
}

function without(dataset: Dataset, ...names: readonly (keyof Dataset)[]): Dataset {
  return Object.fromEntries(Object.entries(dataset).filter(([name]) => !names.includes(name as keyof Dataset))) as unknown as Dataset;
}

test("ideal codes of little noise score 1 by every score that has that maximum", async (t) => {
  const measurement = stubMeasurement(ideal);
  for (const metric of [factorVae, betaVae]) t.is((await measure<never>(metric as Metric<never>, measurement)).value, 1, metric.name);
  for (const metric of [mig, exactMig, dci, modularity]) {
    const { value } = await measure<never>(metric as unknown as Metric<never>, measurement);
    t.true(value > 0.9, `${metric.name} ${value}`);
  }
});

test("the defaults are the constants of disentanglement_lib's study", (t) => {
  const defaults = Object.fromEntries(metrics.map(({ name, options }) => [name, Object.fromEntries(Object.entries(options as Options<Record<string, unknown>>).map(([key, option]) => [key, option.default]))]));
  t.deepEqual(defaults["factor-vae"], { train: 10_000, evaluation: 5_000, batch: 64, variances: 10_000, threshold: 0.05 });
  t.deepEqual(defaults["beta-vae"], { train: 10_000, evaluation: 5_000, batch: 64, c: 1 });
  t.deepEqual(defaults["mig"], { train: 10_000, bins: 20 });
  t.deepEqual(defaults["sap"], { train: 10_000, test: 5_000, c: 0.01, continuous: false });
  t.deepEqual(defaults["dci"], { train: 10_000, test: 5_000, trees: 100, depth: 3, learningRate: 0.1 });
  t.deepEqual(defaults["irs"], { train: 10_000, quantile: 0.99, bins: 20 });
  t.deepEqual(defaults["udr"], { images: 1000, similarity: "lasso", alpha: 0.1, threshold: 0.01 });
});

test("another seed draws other images, the same seed the same", async (t) => {
  const at = (seed: number) => measure(mig, stubMeasurement({ ...ideal, seed }));
  t.deepEqual(await at(1), await at(1));
  t.not((await at(1)).value, (await at(2)).value);
});

test("batches are encoded many at a time", async (t) => {
  const measurement = stubMeasurement(ideal);
  await measure(betaVae, measurement);
  t.is(measurement.calls.length, 4);
});

test("a batch holds one value of its factor, and any of the others", async (t) => {
  // The first latent is the first factor itself: pruned of noise, its variance in a batch that fixes it is exactly 0, and in others never.
  const measurement = stubMeasurement({ ...ideal, mean: (values, latent) => values[latent] ?? 0 });
  const { matrices = [], value } = await measure(factorVae, measurement);
  t.is(value, 1);
  const votes = matrices[0]?.values ?? [];
  votes.forEach((row, factor) => row.forEach((count, latent) => t.is(count > 0, factor === latent)));
});

test("a factor of one value is left out, and said to be", async (t) => {
  const { value, notes = [], matrices = [] } = await measure(mig, stubMeasurement({ ...ideal, sizes: [1, 5, 6, 8] }));
  t.deepEqual(notes, ["The factor a has one value, and was left out."]);
  t.deepEqual(matrices[0]?.rows, ["b", "c", "d"]);
  t.true(Number.isFinite(value));
});

test("images without factors, without enough factors or without a way to them are refused", async (t) => {
  const plain = onDataset(stubMeasurement(ideal), (dataset) => without(dataset, "factors", "factorValues", "indicesOf"));
  const orphaned = onDataset(stubMeasurement(ideal), (dataset) => without(dataset, "factorValues"));
  for (const metric of metrics.filter(({ needs }) => needs === "factors")) {
    t.regex(await refusal(t, metric as Metric<never>, plain), /stub images have no known factors/, metric.name);
    t.regex(await refusal(t, metric as Metric<never>, orphaned), /factors/);
    t.regex(await refusal(t, metric as Metric<never>, stubMeasurement({ ...ideal, sizes: [1, 1] })), /more than one value, and stub images has none/);
  }
  for (const metric of [factorVae, betaVae, dci, modularity]) {
    t.regex(await refusal(t, metric as Metric<never>, stubMeasurement({ ...ideal, sizes: [500, 1] })), /two factors with more than one value, and stub images has only one/);
  }
});

test("too few images are refused, and the option to lower is named", async (t) => {
  const few = stubMeasurement({ ...ideal, sizes: [2, 3, 5] });
  t.regex(await refusal(t, mig as Metric<never>, few), /takes 200 images \(train\), and stub images has 30\. Lower it with --set mig\.train=N;/);
  t.regex(await refusal(t, sap as Metric<never>, few), /takes 300 images \(train and test\).* Lower them with --set sap\.train=N --set sap\.test=N;/);
  t.regex(await refusal(t, gaussianTc as Metric<never>, few), /train/);
  t.regex(await refusal(t, factorVae as Metric<never>, few), /Lower the batch to 6 or less, with --set factor-vae\.batch=6;/);
});

test("the images of FactorVAE's variances are counted as those of any score", async (t) => {
  const few = stubMeasurement({ ...ideal, sizes: [2, 3, 16] });
  t.regex((await t.throwsAsync(measure(factorVae, few, { batch: 6 })))?.message ?? "", /takes 200 images \(variances\), and stub images has 96\. Lower it with --set factor-vae\.variances=N/);
});

test("pairs share a value two by two, so that the BetaVAE score takes batches larger than the images of one value", async (t) => {
  t.true((await measure(betaVae, stubMeasurement({ ...ideal, sizes: [2, 3, 5] }))).value > 0.9);
});

test("a dataset smaller than active units ask for is taken whole", async (t) => {
  const few = stubMeasurement({ ...ideal, sizes: [2, 5], latentDim: 2, mean: (values, latent) => values[latent] ?? 0 });
  const { value, parts, notes } = await measure(activeUnits, few);
  t.is(value, 2);
  t.deepEqual(parts["variances"], [0.25, 2]);
  t.deepEqual(notes, ["stub images has 10 images, fewer than 200: each was taken once."]);
  t.deepEqual((await measure(activeUnits, few, { train: 10 })).notes, []);
});

test("images that are not every combination of factors are refused by scores that fix one", async (t) => {
  const incomplete = onDataset(stubMeasurement(ideal), (dataset) => ({ ...dataset, size: dataset.size - 1 }));
  t.regex(await refusal(t, betaVae as Metric<never>, incomplete), /there are 480, and stub images has 479 images/);
  const broken = onDataset(stubMeasurement(ideal), (dataset) => ({ ...dataset, indicesOf: () => { throw new RangeError("no such sprite"); } }));
  t.regex(await refusal(t, factorVae as Metric<never>, broken), /could not give one: no such sprite/);
});

test("no active latent: the FactorVAE score is 0, as defined, and IRS too", async (t) => {
  const collapsed = stubMeasurement({ ...ideal, mean: (_, __, noise) => 0.01 * noise });
  const { value, notes = [], parts } = await measure(factorVae, collapsed);
  t.is(value, 0);
  t.is(parts["activeLatents"], 0);
  t.regex(notes.join(), /No latent deviates by 0.05/);
  const constant = stubMeasurement({ ...ideal, mean: () => 3 });
  t.is((await measure(irs, constant)).value, 0);
  t.is((await measure(factorVae, constant, { threshold: 0 })).value, 0);
  t.is((await measure(activeUnits, constant)).value, 0);
});

test("votes name the latent itself where dead ones stand before it", async (t) => {
  const shifted = stubMeasurement({ ...ideal, latentDim: 6, mean: (values, latent, noise) => (latent < 2 ? 0 : (values[latent - 2] ?? 0) + 0.1 * noise) });
  const { value, parts, notes = [] } = await measure(factorVae, shifted);
  t.is(value, 1);
  t.deepEqual((parts["classifier"] as readonly number[]).slice(2), [0, 1, 2, 3]);
  t.is(parts["activeLatents"], 4);
  t.deepEqual(notes, ["2 of 6 latents deviate by less than 0.05, and take no part."]);
});

test("codes that are not finite are refused", async (t) => {
  for (const metric of metrics.filter(({ name }) => name !== "udr")) {
    t.regex(await refusal(t, metric as Metric<never>, stubMeasurement({ ...ideal, mean: () => Number.NaN })), /of mean NaN.*diverged/, metric.name);
  }
  t.regex(await refusal(t, exactMig as Metric<never>, stubMeasurement({ ...ideal, logVar: 1000 })), /log variance 1000/);
});

test("Chen's MIG leaves a factor called shape out, takes those that are listed, and refuses others", async (t) => {
  const named = onDataset(stubMeasurement(ideal), (dataset) => ({ ...dataset, factors: (dataset.factors ?? []).map((factor) => (factor.name === "a" ? { ...factor, name: "shape" } : factor)) }));
  const byDefault = await measure(exactMig, named, { images: null });
  t.deepEqual(byDefault.matrices?.[0]?.rows, ["b", "c", "d"]);
  t.deepEqual(byDefault.notes, ["Left out of the mean: shape."]);
  t.deepEqual((await measure(exactMig, named, { images: null, factors: ["d", "shape"] })).matrices?.[0]?.rows, ["shape", "d"]);
  t.regex((await t.throwsAsync(measure(exactMig, named, { factors: ["size"] })))?.message ?? "", /the factors that vary are shape, b, c, d/);
  const some = await measure(exactMig, named, { images: 100 });
  t.regex((some.notes ?? []).join(), /100 of 480 images stand for the dataset/);
});

test("UDR refuses a run alone and other images, and is near 1 for a permuted twin", async (t) => {
  t.regex(await refusal(t, udr as Metric<never>, stubMeasurement(ideal)), /none was given/);
  const twin = stubMeasurement({ ...ideal, mean: (values, latent, noise) => -(values[(latent + 1) % 4] ?? 0) + 0.1 * noise });
  const { value, parts, matrices = [] } = await measure(udr, stubMeasurement({ ...ideal, others: [twin] }), { images: 400 });
  t.true(value > 0.85 && value < 1);
  t.is((parts["pairs"] as readonly number[]).length, 1);
  t.is(matrices.length, 1);
  const foreign = stubMeasurement({ ...ideal, sizes: [3, 4] });
  t.regex(await refusal(t, udr as Metric<never>, stubMeasurement({ ...ideal, others: [foreign] })), /the same images/);
});

/** The factor a has the value 1 in one image of a thousand, so that a short draw has one value. */
const rare = onDataset(stubMeasurement({ ...ideal, sizes: [2, 10, 50] }), (dataset) => ({
  ...dataset,
  factorValues: (indices) => Int32Array.from({ length: indices.length * 3 }, (_, place) => {
    const image = indices[Math.floor(place / 3)] ?? 0;
    return [image === 999 ? 1 : 0, Math.floor(image / 50) % 2, image % 2][place % 3] ?? 0;
  }),
}));

test("classifiers refuse a factor of one value in training, and name it and the option to raise", async (t) => {
  for (const metric of [dci, sap, explicitness]) {
    const message = await refusal(t, metric as unknown as Metric<never>, rare);
    t.is(message, `${metric.name}@locatello2019: all 200 train images have one value of a, and a classifier needs two; raise ${metric.name}.train.`);
  }
  // Seed by seed, until two batches fix the same factor.
  const tries = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => measure(betaVae, stubMeasurement({ ...ideal, sizes: [40, 40], latentDim: 2, seed }), { train: 2 }));
  const reasons = (await Promise.allSettled(tries)).flatMap((each) => (each.status === "rejected" ? [each.reason as IdganError] : []));
  t.true(reasons.length > 0 && reasons.length < tries.length);
  for (const { code, message } of reasons) {
    t.is(code, "METRIC_INPUT");
    t.regex(message, /^beta-vae@locatello2019: all 2 train batches fix [ab], and a classifier needs two; raise beta-vae\.train\.$/);
  }
});

test("gaps of a factor of one value are 0, with a note", async (t) => {
  const { parts, notes } = await measure(mig, rare);
  t.is((parts["gaps"] as readonly number[])[0], 0);
  t.deepEqual(notes, ["All images taken have one value of a: the gap counts as 0."]);
  t.deepEqual((await measure(exactMig, rare, { images: 100 })).notes?.[0], notes?.[0]);
});

test("a constant latent has no parent", async (t) => {
  const { parts, notes } = await measure(irs, stubMeasurement({ ...ideal, mean: (values, latent) => (latent === 1 ? 3 : (values[latent] ?? 0)) }));
  t.deepEqual(parts["parents"], [0, -1, 2, 3]);
  t.deepEqual(notes, ["c1 are constant, and were left out; -1 stands for their parent."]);
});

test("DCI of constant codes is 0, and says that no tree was cut", async (t) => {
  const { value, notes } = await measure(dci, stubMeasurement({ ...ideal, mean: () => 3 }));
  t.true(Math.abs(value) < 1e-12);
  t.deepEqual(notes, ["No tree for a, b, c, d was cut: every importance for it is 0, and so is the score."]);
});

test("explicitness says which values the test images lack", async (t) => {
  const { notes = [], parts } = await measure(explicitness, stubMeasurement({ ...ideal, sizes: [2, 200] }), { test: 1 });
  t.deepEqual(parts["factors"], [0.5, 0.5]);
  t.deepEqual(notes, ["a", "b"].map((factor) => `No value of ${factor} has a ROC curve on the test images: its explicitness counts as 0.5.`));
  const some = await measure(explicitness, stubMeasurement({ ...ideal, sizes: [2, 200] }), { test: 50 });
  t.regex((some.notes ?? []).join(), /^The test images lack \d+ of the \d+ values of b, which were left out of its mean\.$/);
});

test("UDR names a run without informative latents", async (t) => {
  const silent = { ...stubMeasurement({ ...ideal, mean: () => 0, logVar: 0 }), name: "runs/silent" };
  const { value, notes } = await measure(udr, stubMeasurement({ ...ideal, others: [silent] }));
  t.is(value, 0);
  t.deepEqual(notes, ["No latent of runs/silent is informative: its pair scores 0."]);
});
