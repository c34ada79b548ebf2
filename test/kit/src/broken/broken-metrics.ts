import { defineMetric, type Measurement, type Metric, type MetricsPlugin, type Score } from "@idgan/core";
import { referenceComparison, referenceMetrics, referenceScore, referenceSpread } from "../reference/reference-metrics.js";
import type { Broken } from "./broken.js";

/** Counts measurements, so that no two are alike. */
let measured = 0;

/** The reference metrics with one fault each. */
export const brokenMetrics: readonly Broken<MetricsPlugin>[] = [
  bringing("brings no metric", "names, protocols and sentences", () => []),
  bringing("calls a metric by two words", "names, protocols and sentences", (good) => [{ ...good, name: "straight line" }]),
  bringing("says nothing of a protocol", "names, protocols and sentences", (good) => [{ ...good, protocol: "" }]),
  bringing("documents a metric with a word", "names, protocols and sentences", (good) => [{ ...good, doc: "correlation" }]),
  bringing("brings a metric twice", "names, protocols and sentences", (good) => [good, good]),
  bringing("needs what nobody has", "names, protocols and sentences", (good) => [{ ...good, needs: "labels" as "images", measure: scoring(good, (score) => score) }]),
  bringing("leaves an option undocumented", "documents its options", (good) => [{ ...good, options: { samples: { ...optionOf(good), doc: "samples" } } } as Metric]),
  bringing("refuses its own default", "documents its options", (good) => [{ ...good, options: { samples: { ...optionOf(good), default: 0 } }, measure: withSamples(good) } as Metric]),
  changing("counts its calls", "the same score for the same seed", (score) => {
    measured += 1;
    return { ...score, value: score.value + measured * 1e-6 };
  }),
  bringing("centres the codes in place", "leaves the codes", (good) => [
    {
      ...good,
      measure(measurement: Measurement, options: unknown) {
        const encode: Measurement["encode"] = async (indices) => {
          const codes = await measurement.encode(indices);
          codes.mean.forEach((value, i) => (codes.mean[i] = value - 0.5));
          return codes;
        };
        return good.measure({ ...measurement, encode }, options);
      },
    },
  ]),
  changing("forgets the name of a row", "matrices whose values fit", (score) => ({ ...score, matrices: (score.matrices ?? []).map((matrix) => ({ ...matrix, rows: matrix.rows.slice(1) })) })),
  onlyOn("takes a logarithm of 0 where all is well", "on normal codes", ({ latentDim, dataset }, codes) => latentDim > 1 && varies(codes, latentDim, 0) && varies(codes, latentDim, 1) && (dataset.factors ?? []).every(({ size }) => size > 1)),
  onlyOn("divides by the variance of a latent", "on a constant latent", (subject, codes) => subject.latentDim > 1 && !varies(codes, subject.latentDim, 1) && varies(codes, subject.latentDim, 0)),
  onlyOn("divides by the variance of all codes", "on constant codes", (subject, codes) => !varies(codes, subject.latentDim, 0)),
  onlyOn("takes a second latent for granted", "on a single latent", (subject) => subject.latentDim === 1),
  onlyOn("divides by the entropy of a factor", "on a factor of a single value", ({ dataset }) => (dataset.factors ?? []).some(({ size }) => size === 1)),
  bringing("throws a plain error for images without factors", "refuses images without factors", (good) => [
    {
      ...good,
      measure(measurement: Measurement, options: unknown) {
        if (measurement.dataset.factors === undefined) throw new TypeError("factors is undefined");
        return good.measure(measurement, options);
      },
    },
  ]),
  bringing("takes the codes of the data for a generator", "refuses a run without a generator", () => [{ ...referenceSpread, measure: async () => ({ value: 1, parts: {} }) } as Metric]),
  bringing("lacks a file and guesses", "says what it lacks", (good) => [{ ...good, lacks: () => "It needs a file of weights." } as Metric]),
  bringing("compares a run with itself", "refuses to compare a run with none", () => [
    defineMetric({ ...referenceComparison, measure: (measurement, options) => referenceComparison.measure({ ...measurement, others: measurement.others.length > 0 ? measurement.others : [measurement] }, options) }) as Metric,
  ]),
];

function bringing(fault: string, fails: string, metrics: (good: Metric) => readonly Metric[]): Broken<MetricsPlugin> {
  return { fault, fails, plugin: { ...referenceMetrics, metrics: () => metrics(referenceScore as Metric) } };
}

function changing(fault: string, fails: string, change: (score: Score) => Score): Broken<MetricsPlugin> {
  return bringing(fault, fails, (good) => [{ ...good, measure: scoring(good, change) }]);
}

/** NaN where the subject is one that the metric's author did not think of. */
function onlyOn(fault: string, fails: string, isOdd: (measurement: Measurement, mean: Float32Array) => boolean): Broken<MetricsPlugin> {
  return bringing(fault, fails, (good) => [
    {
      ...good,
      async measure(measurement: Measurement, options: unknown) {
        const score = await good.measure(measurement, options);
        const { mean } = await measurement.encode(Uint32Array.from({ length: measurement.dataset.size }, (_, index) => index));
        return isOdd(measurement, mean) ? { ...score, value: Number.NaN } : score;
      },
    },
  ]);
}

function scoring(good: Metric, change: (score: Score) => Score): Metric["measure"] {
  return async (measurement, options) => change(await good.measure(measurement, options));
}

/** Measures with the good default, so that only the default itself is at fault. */
function withSamples(good: Metric): Metric["measure"] {
  return (measurement) => good.measure(measurement, { samples: 1000 });
}

function optionOf(good: Metric): object {
  return (good.options as Readonly<Record<string, object>>)["samples"] ?? {};
}

function varies(mean: Float32Array, latentDim: number, latent: number): boolean {
  return mean.some((value, i) => i % latentDim === latent && value !== mean[latent]);
}
