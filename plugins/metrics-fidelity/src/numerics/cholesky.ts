// Cholesky factors of a semidefinite matrix by diagonal pivoting, in blocks. Higham, "Accuracy and Stability of Numerical Algorithms", 2nd edition,
// section 10.3; blocks as LAPACK's dpstrf has them (https://www.netlib.org/lapack/lawnspdf/lawn161.pdf).

/** A matrix F `[rank, size]` with F^T F = A. */
export interface Factor {
  readonly rank: number;
  readonly values: Float64Array;
}

/** Rows of the factor between two updates of what is left of the matrix, which lies in no cache. */
const block = 64;

/**
 * A factor of a symmetric, positive semidefinite matrix `[size, size]`. It ends where what is left is rounding: a covariance of n vectors has
 * rank n - 1 at most, and roots of what rounding left below would be noise of a much larger size.
 */
export function factorise(matrix: Float64Array, size: number): Factor {
  const rest = matrix.slice();
  const values = new Float64Array(size * size);
  const diagonal = Float64Array.from({ length: size }, (_, i) => matrix[i * size + i] as number);
  const left = Int32Array.from({ length: size }, (_, i) => i);
  const threshold = size * Number.EPSILON * diagonal.reduce((most, value) => Math.max(most, value), 0);
  for (let first = 0; first < size; first += block) {
    const end = Math.min(size, first + block);
    for (let rank = first; rank < end; rank += 1) {
      const pivot = takeLargest(left, rank, diagonal);
      if ((diagonal[pivot] as number) <= threshold) return { rank, values: values.subarray(0, rank * size) };
      addRow(values, rest, size, { first, rank, pivot, diagonal, left: left.subarray(rank + 1) });
    }
    for (const i of left.subarray(end)) subtractBlock(rest, values, size, i, first, end);
  }
  return { rank: size, values };
}

/** The pivot: what is largest of the diagonal, moved to place `rank` of the order. */
function takeLargest(left: Int32Array, rank: number, diagonal: Float64Array): number {
  let best = rank;
  for (let place = rank + 1; place < left.length; place += 1) {
    if ((diagonal[left[place] as number] as number) > (diagonal[left[best] as number] as number)) best = place;
  }
  const pivot = left[best] as number;
  left[best] = left[rank] as number;
  left[rank] = pivot;
  return pivot;
}

interface Step {
  /** Where the present block of rows begins, of which `rest` knows nothing yet. */
  readonly first: number;
  readonly rank: number;
  readonly pivot: number;
  readonly diagonal: Float64Array;
  readonly left: Int32Array;
}

/** Writes the pivot's row of the factor, and takes its squares from the diagonal. */
function addRow(values: Float64Array, rest: Float64Array, size: number, { first, rank, pivot, diagonal, left }: Step): void {
  const row = values.subarray(rank * size, (rank + 1) * size);
  const root = Math.sqrt(diagonal[pivot] as number);
  row[pivot] = root;
  for (const j of left) row[j] = rest[pivot * size + j] as number;
  for (let k = first; k < rank; k += 1) {
    const [weight, line] = [values[k * size + pivot] as number, k * size];
    for (const j of left) row[j] = (row[j] as number) - weight * (values[line + j] as number);
  }
  for (const j of left) {
    const value = (row[j] as number) / root;
    row[j] = value;
    diagonal[j] = (diagonal[j] as number) - value * value;
  }
}

/** Takes the products of rows `first` to `end` of the factor, a multiple of four but for the last block, from line `i` of what is left. */
function subtractBlock(rest: Float64Array, values: Float64Array, size: number, i: number, first: number, end: number): void {
  const line = i * size;
  for (let k = first; k < end; k += 4) {
    const place = (offset: number): number => Math.min(k + offset, end - 1) * size;
    const weight = (offset: number): number => (k + offset < end ? (values[(k + offset) * size + i] as number) : 0);
    const [r0, r1, r2, r3] = [place(0), place(1), place(2), place(3)];
    const [w0, w1, w2, w3] = [weight(0), weight(1), weight(2), weight(3)];
    for (let j = 0; j < size; j += 1) {
      rest[line + j] = (rest[line + j] as number) - w0 * (values[r0 + j] as number) - w1 * (values[r1 + j] as number) - w2 * (values[r2 + j] as number) - w3 * (values[r3 + j] as number);
    }
  }
}
