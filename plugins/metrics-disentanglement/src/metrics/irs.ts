// Interventional robustness score. Suter et al. 2019, "Robustly disentangled causal mechanisms", https://arxiv.org/abs/1811.00007,
// with disentanglement_lib's constants: the 0.99 quantile in place of the greatest deviation, and factors in 20 bins.
import { defineMetric, defineOptions, fraction } from "@idgan/core";
import { discretise } from "../numerics/histogram.js";
import { drawLabelled, requireImages } from "./draw.js";
import { openFactors } from "./factor-source.js";
import { allLabelsOf, columnsOf, type LabelledCodes } from "./labelled-codes.js";
import { quantileInPlace } from "./quantile-in-place.js";
import { binsOption, trainOption } from "./sample-options.js";
import { factorMatrix, latentNames } from "./score-matrix.js";
import { argMax, isConstant, meanOf } from "../numerics/statistics.js";

export interface Robustness {
  /** Mean over latents of their best robustness, weighted by how far they deviate at most; 0 if all are constant. */
  readonly value: number;
  /** 1 - (mean deviation while a factor stands still) / (greatest deviation), `[factors][latents]`; 0 for constant latents. */
  readonly robustness: readonly (readonly number[])[];
  /** For each latent the greatest distance from its mean. */
  readonly deviations: readonly number[];
}

export interface RobustnessOptions {
  readonly quantile: number;
  readonly bins: number;
}

export function robustnessOf({ codes, factors }: LabelledCodes, { quantile, bins }: RobustnessOptions): Robustness {
  const columns = columnsOf(codes);
  const deviations = columns.map((column) => (isConstant(column) ? 0 : greatestDeviation(column)));
  const robustness = allLabelsOf(factors).map((labels) => {
    const groups = groupsOf(discretise(Float64Array.from(labels), bins));
    return columns.map((column, latent) => {
      const greatest = deviations[latent] ?? 0;
      return greatest === 0 ? 0 : 1 - meanOf(groups.map((rows) => deviationWithin(column, rows, quantile))) / greatest;
    });
  });
  const total = deviations.reduce((sum, value) => sum + value, 0);
  const best = columns.map((_, latent) => Math.max(...robustness.map((row) => row[latent] ?? 0)));
  const value = total === 0 ? 0 : best.reduce((sum, score, latent) => sum + score * (deviations[latent] ?? 0), 0) / total;
  return { value, robustness, deviations };
}

/** Rows by label. */
function groupsOf(labels: Int32Array): readonly Int32Array[] {
  const places = new Int32Array(Math.max(...new Set(labels)) + 2);
  for (const label of labels) places[label + 1]! += 1;
  for (let label = 1; label < places.length; label += 1) places[label]! += places[label - 1]!;
  const ends = places.slice(1);
  const rows = new Int32Array(labels.length);
  for (let row = 0; row < labels.length; row += 1) {
    rows[places[labels[row]!]!] = row;
    places[labels[row]!]! += 1;
  }
  return [...ends].map((end, label) => rows.subarray(ends[label - 1] ?? 0, end)).filter(({ length }) => length > 0);
}

function deviationWithin(column: Float64Array, rows: Int32Array, quantile: number): number {
  const values = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i += 1) values[i] = column[rows[i]!]!;
  const mean = meanOf(values);
  for (let i = 0; i < rows.length; i += 1) values[i] = Math.abs(values[i]! - mean);
  return quantileInPlace(values, quantile);
}

function greatestDeviation(column: Float64Array): number {
  const mean = meanOf(column);
  let greatest = 0;
  for (const value of column) greatest = Math.max(greatest, Math.abs(value - mean));
  return greatest;
}

export const irs = defineMetric({
  name: "irs",
  protocol: "suter2019",
  doc: "Interventional robustness (Suter 2019): how still each latent stands while its best factor does, whatever the others do.",
  higherIsBetter: true,
  needs: "factors",
  options: defineOptions({
    train: trainOption,
    quantile: { doc: "Of the deviations within a group this quantile is taken; 1 is the paper's maximum.", format: fraction, default: 0.99 },
    bins: { ...binsOption, doc: "Bins that a factor's values are put into: a factor with more values is coarsened, as in disentanglement_lib." },
  }),
  async measure(measurement, { train, quantile, bins }) {
    const source = openFactors(measurement, "irs@suter2019");
    requireImages(measurement, "irs@suter2019", { train });
    const { value, robustness, deviations } = robustnessOf(await drawLabelled(measurement, source, train, "train"), { quantile, bins });
    const constant = latentNames(deviations.length).filter((_, latent) => deviations[latent] === 0);
    const parents = deviations.map((deviation, latent) => (deviation === 0 ? -1 : argMax(robustness.map((row) => row[latent] ?? 0))));
    return {
      value,
      parts: { deviations, parents, activeLatents: deviations.length - constant.length },
      matrices: [factorMatrix("Robustness of latent while factor is fixed", source.names, robustness)],
      notes: [...source.notes, ...(constant.length > 0 ? [`${constant.join(", ")} are constant, and were left out; -1 stands for their parent.`] : [])],
    };
  },
});
