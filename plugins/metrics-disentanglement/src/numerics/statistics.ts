import { quantileOf } from "./quantile.js";

export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) {
    sum += values[i] ?? 0;
  }
  return values.length === 0 ? 0 : sum / values.length;
}

/** Counters to add to. */
export function zeros(count: number): number[] {
  return Array.from({ length: count }, () => 0);
}

/** Mean squared distance from the mean, over n - `ddof`. */
export function varianceOf(values: ArrayLike<number>, ddof: 0 | 1): number {
  const mean = meanOf(values);
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) {
    sum += ((values[i] ?? 0) - mean) ** 2;
  }
  return sum / Math.max(values.length - ddof, 1);
}

/** Whether one value fills the array: a variance would show it only up to rounding. */
export function isConstant(values: ArrayLike<number>): boolean {
  for (let i = 1; i < values.length; i += 1) {
    if (values[i] !== values[0]) return false;
  }
  return true;
}

/** The middle value, or the mean of the middle two. */
export function medianOf(values: readonly number[]): number {
  return quantileOf(values, 0.5);
}

/** Place of the greatest value, the first of equals. */
export function argMax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i += 1) {
    if ((values[i] ?? 0) > (values[best] ?? 0)) best = i;
  }
  return best;
}

/** Share of places at which the two agree. */
export function accuracyOf(predicted: ArrayLike<number>, actual: ArrayLike<number>): number {
  let right = 0;
  for (let i = 0; i < actual.length; i += 1) {
    right += predicted[i] === actual[i] ? 1 : 0;
  }
  return actual.length === 0 ? 0 : right / actual.length;
}
