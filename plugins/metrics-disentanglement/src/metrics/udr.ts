// Unsupervised disentanglement ranking. Duan et al. 2020, "Unsupervised model selection for variational disentangled representation learning",
// https://arxiv.org/abs/1905.12614, with the constants and the averaging of the authors' code in disentanglement_lib.
import { defineMetric, defineOptions, IdganError, integerFrom, nonNegative, oneOf, positive, rankLatents, type Codes, type Subject } from "@idgan/core";
import { spearmanCorrelation } from "../numerics/correlation.js";
import { fitLasso } from "../numerics/lasso.js";
import { matrixOf, type Matrix } from "../numerics/matrix.js";
import { drawImages, encodeFinite, requireImages } from "./draw.js";
import { columnsOf } from "./labelled-codes.js";
import { latentNames } from "./score-matrix.js";
import { isConstant, meanOf, medianOf, varianceOf } from "../numerics/statistics.js";

export interface SimilarityOptions {
  /** By which relation of two latents runs are compared. */
  readonly similarity: "lasso" | "spearman";
  /** Weight of the Lasso's L1 penalty. */
  readonly alpha: number;
  /** Mean KL in nats that a latent must exceed to be informative. */
  readonly threshold: number;
}

/** A run's codes as they are compared. */
export interface Representation {
  /** Means of q(c|x) by mean and deviation, `[images, latents]`; 0 throughout for latents that are not informative. */
  readonly codes: Matrix;
  readonly informative: readonly boolean[];
}

export function representationOf(posteriors: Codes, latentDim: number, threshold: number): Representation {
  const informative = rankLatents(posteriors, latentDim)
    .toSorted((a, b) => a.index - b.index)
    .map(({ kl }) => kl > threshold);
  const scales = columnsOf(matrixOf(posteriors.mean, latentDim)).map((column, latent) => ({
    mean: meanOf(column),
    deviation: informative[latent] === true && !isConstant(column) ? Math.sqrt(varianceOf(column, 0)) : Infinity,
  }));
  const values = Float64Array.from(posteriors.mean, (value, place) => {
    const { mean, deviation } = scales[place % latentDim] ?? { mean: 0, deviation: Infinity };
    return (value - mean) / deviation;
  });
  return { codes: matrixOf(values, latentDim), informative };
}

/** How strongly the latents of `from` go with those of `to`, `[latents of from][latents of to]`, at least 0. */
export function similarityOf(from: Representation, to: Representation, { similarity, alpha }: Pick<SimilarityOptions, "similarity" | "alpha">): readonly (readonly number[])[] {
  const targets = columnsOf(to.codes);
  if (similarity === "spearman") {
    return columnsOf(from.codes).map((a) => targets.map((b) => Math.abs(spearmanCorrelation(a, b))));
  }
  const weights = targets.map((target) => fitLasso(from.codes, target, alpha));
  return Array.from({ length: from.codes.columns }, (_, latent) => weights.map((row) => Math.abs(row[latent] ?? 0)));
}

/** How close the similarities come to pairing each informative latent with one of the other run: mean over both sides of max² / sum. */
export function pairScore(similarities: readonly (readonly number[])[], from: Representation, to: Representation): number {
  const kept = similarities.filter((_, row) => from.informative[row]).map((row) => row.filter((_, column) => to.informative[column]));
  const columns = (kept[0] ?? []).map((_, column) => kept.map((row) => row[column] ?? 0));
  return (meanOf(kept.map(relativeStrength)) + meanOf(columns.map(relativeStrength))) / 2;
}

function relativeStrength(values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + value, 0);
  return sum === 0 ? 0 : Math.max(...values) ** 2 / sum;
}

export const udr = defineMetric({
  name: "udr",
  protocol: "duan2020",
  doc: "Unsupervised disentanglement ranking (Duan 2020): how alike the latents of this run and of other runs are, one to one.",
  higherIsBetter: true,
  needs: "runs",
  options: defineOptions({
    images: { doc: "Images that the runs are compared on.", format: integerFrom(2), default: 1000 },
    similarity: { doc: "`lasso`: absolute weights of a Lasso from the other run's latents to this one's; `spearman`: absolute rank correlations.", format: oneOf("lasso", "spearman"), default: "lasso" },
    alpha: { doc: "Weight of the Lasso's L1 penalty.", format: positive, default: 0.1 },
    threshold: { doc: "Mean KL in nats that a latent must exceed to be informative.", format: nonNegative, default: 0.01 },
  }),
  async measure(measurement, { images, ...options }) {
    const { others, latentDim, dataset } = measurement;
    if (others.length === 0) {
      throw new IdganError("METRIC_INPUT", "udr@duan2020 compares a run with others on the same images, and none was given. Name at least one more run, trained with another seed.");
    }
    requireImages(measurement, "udr@duan2020", { images });
    for (const other of others) {
      if (other.dataset.size !== dataset.size) {
        throw new IdganError("METRIC_INPUT", `udr@duan2020 needs the same images for every run, and ${other.name} has ${other.dataset.size} where ${measurement.name} has ${dataset.size}. Compare runs on one dataset.`);
      }
    }
    const indices = drawImages(measurement, images, "train");
    const represent = async (subject: Subject): Promise<Representation> => representationOf(await encodeFinite(subject, indices), subject.latentDim, options.threshold);
    const own = await represent(measurement);
    const scores: number[] = [];
    const silent: string[] = [];
    const matrices = [];
    for (const other of others) {
      const theirs = await represent(other);
      if (!theirs.informative.includes(true)) silent.push(other.name);
      const similarities = similarityOf(theirs, own, options);
      scores.push(pairScore(similarities, theirs, own));
      matrices.push({ title: `Similarity of latents: ${other.name} (rows) and this run (columns)`, rows: latentNames(other.latentDim), columns: latentNames(latentDim), values: similarities });
    }
    const count = own.informative.filter(Boolean).length;
    return {
      value: medianOf(scores),
      parts: { pairs: scores, informativeLatents: count },
      matrices,
      notes: [...(count === 0 ? ["No latent of this run is informative: every pair scores 0."] : []), ...silent.map((run) => `No latent of ${run} is informative: its pair scores 0.`)],
    };
  },
});
