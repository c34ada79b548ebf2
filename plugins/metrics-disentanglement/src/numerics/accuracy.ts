import { requireSameLength } from "./matrix.js";

/** Share of the samples whose label is predicted. */
export function accuracyOf(predicted: ArrayLike<number>, labels: ArrayLike<number>): number {
  requireSameLength(predicted.length, labels.length);
  let right = 0;
  for (let i = 0; i < labels.length; i += 1) {
    right += predicted[i] === labels[i] ? 1 : 0;
  }
  return right / labels.length;
}
