import { IdganError } from "@idgan/core";
import { requireSameLength } from "./matrix.js";
import { ranksOf } from "./ranks.js";

/**
 * Area under the receiver operating characteristic: how often a positive sample scores higher than a negative one, a tie counting half.
 * Mann and Whitney 1947. Throws `METRIC_INPUT` where one of the two kinds is missing.
 */
export function rocAuc(scores: ArrayLike<number>, isPositive: (sample: number) => boolean): number {
  requireSameLength(scores.length, scores.length);
  const ranks = ranksOf(scores);
  let positives = 0;
  let sum = 0;
  for (let i = 0; i < ranks.length; i += 1) {
    if (isPositive(i)) {
      positives += 1;
      sum += ranks[i] ?? 0;
    }
  }
  const negatives = ranks.length - positives;
  if (positives === 0 || negatives === 0) {
    throw new IdganError("METRIC_INPUT", `${positives} of ${ranks.length} samples belong to the class; a ROC curve needs samples of it and of others, so take more samples.`);
  }
  return (sum - (positives * (positives + 1)) / 2) / (positives * negatives);
}
