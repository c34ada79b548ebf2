// Functions of positive semidefinite matrices, by way of their eigenvalues.
import { IdganError } from "@idgan/core";
import type { SymmetricMatrix } from "./covariance.js";
import { eigenOf } from "./symmetric-eigen.js";

/** Eigenvalues this far below 0, relative to the greatest, are rounding. */
const rounding = 1e-10;

/** The symmetric square root. Throws `METRIC_INPUT` for an eigenvalue below 0. */
export function squareRootOf(matrix: SymmetricMatrix): SymmetricMatrix {
  const { size } = matrix;
  const { values, vectors } = eigenOf(matrix);
  const roots = requireSemidefinite(values).map((value) => Math.sqrt(Math.max(0, value)));
  const result = new Float64Array(size * size);
  for (let k = 0; k < size; k += 1) {
    for (let i = 0; i < size; i += 1) {
      const scaled = (roots[k] ?? 0) * (vectors[k * size + i] ?? 0);
      for (let j = 0; j < size; j += 1) {
        result[i * size + j] = (result[i * size + j] ?? 0) + scaled * (vectors[k * size + j] ?? 0);
      }
    }
  }
  return { size, values: result };
}

/** Logarithm of the determinant; −Infinity where it is 0. Throws `METRIC_INPUT` for an eigenvalue below 0. */
export function logDeterminantOf(matrix: SymmetricMatrix): number {
  return requireSemidefinite(eigenOf(matrix).values).reduce((sum, value) => sum + (value > 0 ? Math.log(value) : Number.NEGATIVE_INFINITY), 0);
}

/** `[size, size]`, symmetric only where the two commute. */
export function productOf(a: SymmetricMatrix, b: SymmetricMatrix): Float64Array {
  const { size } = a;
  const result = new Float64Array(size * size);
  for (let i = 0; i < size; i += 1) {
    for (let k = 0; k < size; k += 1) {
      const value = a.values[i * size + k] ?? 0;
      for (let j = 0; j < size; j += 1) {
        result[i * size + j] = (result[i * size + j] ?? 0) + value * (b.values[k * size + j] ?? 0);
      }
    }
  }
  return result;
}

/** The value passes through; ascending. */
function requireSemidefinite(values: Float64Array): Float64Array {
  const [least = 0, greatest = 0] = [values[0], values.at(-1)];
  if (least < -rounding * Math.max(Math.abs(greatest), Math.abs(least)) && least < 0) {
    throw new IdganError("METRIC_INPUT", `The matrix has the eigenvalue ${least}, and a covariance has none below 0.`);
  }
  return values;
}
