// The FactorVAE score. Kim and Mnih 2018, "Disentangling by factorising", section 4, https://arxiv.org/abs/1802.05983,
// with disentanglement_lib's constants and pruning.
import { defineMetric, defineOptions, integerFrom, nonNegative, positiveInteger } from "@idgan/core";
import type { Matrix } from "../numerics/matrix.js";
import { drawImages, encodeMeans, requireImages } from "./draw.js";
import { openFactors } from "./factor-source.js";
import { batchesOfOneValue, requireCombinations, requireImagesOfOneValue, type BatchOptions, type FixedFactorBatches } from "./fixed-factor-batches.js";
import { columnsOf } from "./labelled-codes.js";
import { factorMatrix, transpose } from "./score-matrix.js";
import { argMax, varianceOf, zeros } from "../numerics/statistics.js";

/** How often each latent (second index) was the stillest while each factor (first index) was fixed; latents that are pruned get no vote. */
export type VoteTable = readonly (readonly number[])[];

export interface FactorVaeScore {
  /** Accuracy on the evaluation votes. */
  readonly value: number;
  readonly trainAccuracy: number;
  /** For each latent the factor that most of its training votes name, the first of equals. */
  readonly classifier: readonly number[];
}

/** Variance of each latent over the data, and whether its deviation reaches `threshold`. */
export function activeLatents(codes: Matrix, threshold: number): { readonly variances: readonly number[]; readonly active: readonly number[] } {
  const variances = columnsOf(codes).map((column) => varianceOf(column, 1));
  // A variance of 0 is never active: at a threshold of 0 it would divide by zero.
  return { variances, active: variances.flatMap((variance, latent) => (variance > 0 && Math.sqrt(variance) >= threshold ? [latent] : [])) };
}

/** For each batch the active latent whose variance is least, relative to that over the data; the first of equals. */
export function stillestLatents({ factors, codes }: FixedFactorBatches, variances: readonly number[], active: readonly number[]): Uint32Array {
  const batch = codes.rows / factors.length;
  const column = new Float64Array(batch);
  return factors.map((_, place) => {
    const ratios = active.map((latent) => {
      for (let i = 0; i < batch; i += 1) {
        column[i] = codes.values[(place * batch + i) * codes.columns + latent] ?? 0;
      }
      return -varianceOf(column, 1) / (variances[latent] ?? 1);
    });
    return active[argMax(ratios)] ?? 0;
  });
}

/** The majority-vote classifier of the training votes, judged on others. */
export function factorVaeScore(train: VoteTable, evaluation: VoteTable): FactorVaeScore {
  const classifier = transpose(train).map(argMax);
  return { value: accuracyOf(evaluation, classifier), trainAccuracy: accuracyOf(train, classifier), classifier };
}

function accuracyOf(votes: VoteTable, classifier: readonly number[]): number {
  const total = votes.flat().reduce((sum, count) => sum + count, 0);
  return classifier.reduce((sum, factor, latent) => sum + (votes[factor]?.[latent] ?? 0), 0) / Math.max(total, 1);
}

const name = "factor-vae@locatello2019";

export const factorVae = defineMetric({
  name: "factor-vae",
  protocol: "locatello2019",
  doc: "FactorVAE score (Kim and Mnih 2018): accuracy with which the stillest latent tells the factor that was fixed.",
  higherIsBetter: true,
  needs: "factors",
  options: defineOptions({
    train: { doc: "Batches, one vote each, that the classifier is made from.", format: positiveInteger, default: 10_000 },
    evaluation: { doc: "Batches that it is judged on.", format: positiveInteger, default: 5_000 },
    batch: { doc: "Images in a batch.", format: integerFrom(2), default: 64 },
    variances: { doc: "Images that the latents' variances over the data are estimated from.", format: integerFrom(2), default: 10_000 },
    threshold: { doc: "Standard deviation that a latent must reach to take part.", format: nonNegative, default: 0.05 },
  }),
  async measure(measurement, options) {
    const source = openFactors(measurement, name, 2);
    requireCombinations(measurement, source, name);
    requireImagesOfOneValue(measurement, source, name, options.batch);
    requireImages(measurement, name, { variances: options.variances });
    const { variances, active } = activeLatents(await encodeMeans(measurement, drawImages(measurement, options.variances, "train")), options.threshold);
    const pruned = measurement.latentDim - active.length;
    if (active.length === 0) {
      return { value: 0, parts: { trainAccuracy: 0, activeLatents: 0, variances }, notes: [...source.notes, `No latent deviates by ${options.threshold} or more: the score is 0, as the protocol has it.`] };
    }
    const draw = async (batches: BatchOptions): Promise<VoteTable> => {
      const votes = source.names.map(() => zeros(measurement.latentDim));
      for await (const drawn of batchesOfOneValue(measurement, source, batches)) {
        for (const [place, latent] of stillestLatents(drawn, variances, active).entries()) {
          votes[drawn.factors[place]!]![latent]! += 1;
        }
      }
      return votes;
    };
    const seen = await draw({ score: "factor-vae", part: "train", count: options.train, batch: options.batch });
    const unseen = await draw({ score: "factor-vae", part: "evaluation", count: options.evaluation, batch: options.batch });
    const { value, trainAccuracy, classifier } = factorVaeScore(seen, unseen);
    return {
      value,
      parts: { trainAccuracy, activeLatents: active.length, classifier, variances },
      matrices: [factorMatrix("Training votes: factor fixed, latent stillest", source.names, seen)],
      notes: [...source.notes, ...(pruned > 0 ? [`${pruned} of ${measurement.latentDim} latents deviate by less than ${options.threshold}, and take no part.`] : [])],
    };
  },
});
