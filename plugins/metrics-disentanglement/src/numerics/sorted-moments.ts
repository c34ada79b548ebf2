/** Ascending numbers with the sums of the first n of them and of their squares, so that sums over a side of any limit cost one bisection. */
export interface SortedMoments {
  readonly values: Float64Array;
  /** `[values.length + 1]` */
  readonly sums: Float64Array;
  readonly squares: Float64Array;
}

/** Number, sum and sum of squares. */
export type Moments = readonly [count: number, sum: number, squares: number];

/** Sorts `values` in place. */
export function sortedMomentsOf(values: Float64Array): SortedMoments {
  values.sort();
  const sums = new Float64Array(values.length + 1);
  const squares = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? 0;
    sums[i + 1] = (sums[i] ?? 0) + value;
    squares[i + 1] = (squares[i] ?? 0) + value * value;
  }
  return { values, sums, squares };
}

/** Moments of the values below the limit, or of the others. */
export function momentsBeside({ values, sums, squares }: SortedMoments, limit: number, below: boolean): Moments {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  const [sum, square] = [sums[low] ?? 0, squares[low] ?? 0];
  return below ? [low, sum, square] : [values.length - low, (sums.at(-1) ?? 0) - sum, (squares.at(-1) ?? 0) - square];
}
