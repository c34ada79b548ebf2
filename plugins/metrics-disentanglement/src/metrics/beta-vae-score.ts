// The BetaVAE score. Higgins et al. 2017, "β-VAE: learning basic visual concepts with a constrained variational framework", section 3,
// https://openreview.net/forum?id=Sy2fzU9gl, with disentanglement_lib's constants and classifier.
import { defineMetric, defineOptions, integerFrom, positive, positiveInteger } from "@idgan/core";
import { fitLogistic, predictLogistic } from "../numerics/logistic-regression.js";
import { matrixOf, type Matrix } from "../numerics/matrix.js";
import { requireTwoValues } from "./draw.js";
import { openFactors } from "./factor-source.js";
import { batchesOfPairs, requireCombinations, type BatchOptions, type FixedFactorPairs } from "./fixed-factor-batches.js";
import { accuracyOf, zeros } from "../numerics/statistics.js";

/** One point for each batch of pairs. */
export interface DifferencePoints {
  /** Mean absolute difference between partners, `[batches, latents]`. */
  readonly differences: Matrix;
  /** Which factor the partners share. */
  readonly labels: Int32Array;
}

export interface BetaVaeScore {
  /** Accuracy on the evaluation points. */
  readonly value: number;
  readonly trainAccuracy: number;
  /** How often each factor (first index) was taken for each (second), as a share of its evaluation points. */
  readonly confusion: readonly (readonly number[])[];
}

/** Mean over each batch of |code - partner|, `[batches, latents]`. */
export function differencesOf({ factors, codes, partners }: FixedFactorPairs): Float64Array {
  const latents = codes.columns;
  const batch = codes.rows / factors.length;
  const result = new Float64Array(factors.length * latents);
  for (let row = 0; row < codes.rows; row += 1) {
    const target = Math.floor(row / batch) * latents;
    for (let latent = 0; latent < latents; latent += 1) {
      const place = row * latents + latent;
      result[target + latent]! += Math.abs(codes.values[place]! - partners.values[place]!) / batch;
    }
  }
  return result;
}

/** Accuracy of a linear classifier that tells the shared factor from the differences, among `factorCount` factors. */
export function betaVaeScore(train: DifferencePoints, evaluation: DifferencePoints, factorCount: number, C: number): BetaVaeScore {
  const classifier = fitLogistic(train.differences, train.labels, { C });
  const predicted = predictLogistic(classifier, evaluation.differences);
  const counts = Array.from({ length: factorCount }, () => zeros(factorCount));
  for (const [i, label] of evaluation.labels.entries()) {
    counts[label]![predicted[i]!]! += 1;
  }
  return {
    value: accuracyOf(predicted, evaluation.labels),
    trainAccuracy: accuracyOf(predictLogistic(classifier, train.differences), train.labels),
    confusion: counts.map((row) => row.map((count) => count / Math.max(1, row.reduce((sum, value) => sum + value, 0)))),
  };
}

const name = "beta-vae@locatello2019";

export const betaVae = defineMetric({
  name: "beta-vae",
  protocol: "locatello2019",
  doc: "BetaVAE score (Higgins 2017): accuracy with which logistic regression tells the factor that pairs of images share.",
  higherIsBetter: true,
  needs: "factors",
  options: defineOptions({
    train: { doc: "Batches of pairs that the classifier is trained on.", format: integerFrom(2), default: 10_000 },
    evaluation: { doc: "Batches of pairs that it is judged on.", format: positiveInteger, default: 5_000 },
    batch: { doc: "Pairs that one difference is averaged over.", format: positiveInteger, default: 64 },
    c: { doc: "scikit-learn's C: inverse strength of the classifier's L2 penalty.", format: positive, default: 1 },
  }),
  async measure(measurement, { train, evaluation, batch, c }) {
    const source = openFactors(measurement, name, 2);
    requireCombinations(measurement, source, name);
    const draw = async (options: BatchOptions): Promise<DifferencePoints> => {
      const [differences, labels] = [new Float64Array(options.count * measurement.latentDim), new Int32Array(options.count)];
      let done = 0;
      for await (const pairs of batchesOfPairs(measurement, source, options)) {
        differences.set(differencesOf(pairs), done * measurement.latentDim);
        labels.set(pairs.factors, done);
        done += pairs.factors.length;
      }
      return { differences: matrixOf(differences, measurement.latentDim), labels };
    };
    const seen = await draw({ score: "beta-vae", part: "train", count: train, batch });
    requireTwoValues(name, [seen.labels], () => `all ${train} train batches fix ${source.names[seen.labels[0] ?? 0]}`);
    const unseen = await draw({ score: "beta-vae", part: "evaluation", count: evaluation, batch });
    const { value, trainAccuracy, confusion } = betaVaeScore(seen, unseen, source.names.length, c);
    return {
      value,
      parts: { trainAccuracy },
      matrices: [{ title: "Shared factor (rows) and what it was taken for (columns)", rows: source.names, columns: source.names, values: confusion }],
      notes: source.notes,
    };
  },
});
