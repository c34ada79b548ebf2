// Cholesky factors of a semidefinite matrix by diagonal pivoting. Higham, "Accuracy and Stability of Numerical Algorithms", 2nd edition, section 10.3.

/** A matrix F `[rank, size]` with F^T F = A. */
export interface Factor {
  readonly rank: number;
  readonly values: Float64Array;
}

/**
 * A factor of a symmetric, positive semidefinite matrix `[size, size]`. It ends where what is left is rounding: a covariance of n vectors has
 * rank n - 1 at most, and roots of what rounding left below would be noise of a much larger size.
 */
export function factorise(matrix: Float64Array, size: number): Factor {
  const rest = matrix.slice();
  const values = new Float64Array(size * size);
  const left = Int32Array.from({ length: size }, (_, i) => i);
  const threshold = size * Number.EPSILON * largest(matrix, size);
  for (let rank = 0; rank < size; rank += 1) {
    let best = rank;
    for (let place = rank + 1; place < size; place += 1) {
      if (diagonal(rest, size, left[place] as number) > diagonal(rest, size, left[best] as number)) best = place;
    }
    const pivot = left[best] as number;
    if (diagonal(rest, size, pivot) <= threshold) return { rank, values: values.subarray(0, rank * size) };
    left[best] = left[rank] as number;
    left[rank] = pivot;
    subtractPivot(rest, size, pivot, values.subarray(rank * size, (rank + 1) * size), left.subarray(rank + 1));
  }
  return { rank: size, values };
}

/** Takes the pivot's row out of what is left, and writes it, scaled, as a row of the factor. */
function subtractPivot(rest: Float64Array, size: number, pivot: number, row: Float64Array, left: Int32Array): void {
  const root = Math.sqrt(diagonal(rest, size, pivot));
  row[pivot] = root;
  for (const j of left) row[j] = (rest[pivot * size + j] as number) / root;
  for (const i of left) {
    const [weight, line] = [row[i] as number, i * size];
    if (weight === 0) continue;
    // Columns that are done have 0 in the row but for the pivot's own, which nobody reads again.
    for (let j = 0; j < size; j += 1) rest[line + j] = (rest[line + j] as number) - weight * (row[j] as number);
  }
}

function diagonal(matrix: Float64Array, size: number, i: number): number {
  return matrix[i * size + i] as number;
}

function largest(matrix: Float64Array, size: number): number {
  let value = 0;
  for (let i = 0; i < size; i += 1) value = Math.max(value, diagonal(matrix, size, i));
  return value;
}
