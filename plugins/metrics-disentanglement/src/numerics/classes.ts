import { IdganError } from "@idgan/core";
import { requireSameLength } from "./matrix.js";

/** Labels as places in the ascending list of the values that occur. */
export interface Classes {
  /** Ascending. */
  readonly values: Int32Array;
  /** For each sample, an index into `values`. */
  readonly index: Int32Array;
  /** How many samples each class has. */
  readonly counts: Int32Array;
}

/** Throws `METRIC_INPUT` unless there are `samples` integers, of at least two values. */
export function classesOf(labels: ArrayLike<number>, samples: number): Classes {
  requireSameLength(samples, labels.length);
  const distinct = new Set(Array.from(labels));
  for (const label of distinct) {
    if (label !== Math.trunc(label) || Math.abs(label) >= 2 ** 31) {
      throw new IdganError("METRIC_INPUT", `${label} is no label; labels are integers of 32 bits.`);
    }
  }
  const values = Int32Array.from(distinct).sort();
  if (values.length < 2) {
    throw new IdganError("METRIC_INPUT", `All ${samples} labels are ${values[0]}; a classifier needs two classes.`);
  }
  const place = new Map(Array.from(values, (value, index) => [value, index]));
  const index = Int32Array.from({ length: samples }, (_, i) => place.get(labels[i] ?? 0) ?? 0);
  const counts = new Int32Array(values.length);
  for (const each of index) {
    counts[each] = (counts[each] ?? 0) + 1;
  }
  return { values, index, counts };
}
