import { IdganError } from "@idgan/core";
import type { Matrix } from "./matrix.js";

/** A symmetric matrix, `[size, size]`, in full. */
export interface SymmetricMatrix {
  readonly size: number;
  readonly values: Float64Array;
}

/** Covariance of the columns with the divisor n − 1, as numpy.cov. Throws `METRIC_INPUT` for fewer than two rows. */
export function covarianceOf({ rows, columns, values }: Matrix): SymmetricMatrix {
  if (rows < 2) {
    throw new IdganError("METRIC_INPUT", `A covariance needs at least two samples, not ${rows}.`);
  }
  const means = new Float64Array(columns);
  const first = values.subarray(0, columns); // taken off first, so that a constant column varies by 0 and not by rounding
  for (let i = 0; i < values.length; i += 1) {
    means[i % columns] = (means[i % columns] ?? 0) + ((values[i] ?? 0) - (first[i % columns] ?? 0)) / rows;
  }
  const result = new Float64Array(columns * columns);
  const centred = new Float64Array(columns);
  for (let row = 0; row < rows; row += 1) {
    for (let j = 0; j < columns; j += 1) {
      centred[j] = (values[row * columns + j] ?? 0) - (first[j] ?? 0) - (means[j] ?? 0);
    }
    for (let j = 0; j < columns; j += 1) {
      const value = centred[j] ?? 0;
      for (let k = 0; k <= j; k += 1) {
        result[j * columns + k] = (result[j * columns + k] ?? 0) + value * (centred[k] ?? 0);
      }
    }
  }
  for (let j = 0; j < columns; j += 1) {
    for (let k = 0; k <= j; k += 1) {
      const value = (result[j * columns + k] ?? 0) / (rows - 1);
      result[j * columns + k] = value;
      result[k * columns + j] = value;
    }
  }
  return { size: columns, values: result };
}
