import { IdganError } from "@idgan/core";
import { requireFinite, requireSameLength } from "./matrix.js";

/** The value below which a share `q` in [0, 1] lies, linear between the samples beside it: definition 7 of Hyndman and Fan 1996, NumPy's default. */
export function quantileOf(values: ArrayLike<number>, q: number): number {
  requireSameLength(values.length, values.length);
  requireFinite(values);
  if (!(q >= 0 && q <= 1)) {
    throw new IdganError("METRIC_INPUT", `A quantile lies between 0 and 1, not at ${q}.`);
  }
  const sorted = Float64Array.from(values).sort();
  const place = q * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below] ?? 0;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? 0;
  return low + (high - low) * (place - below);
}
