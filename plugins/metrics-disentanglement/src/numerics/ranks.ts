import { requireFinite } from "./matrix.js";

/** Ranks from 1; equal values share the mean of theirs. */
export function ranksOf(values: ArrayLike<number>): Float64Array {
  requireFinite(values);
  const keys = Float64Array.from(values);
  const order = Int32Array.from(keys.keys()).sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0));
  const ranks = new Float64Array(keys.length);
  for (let start = 0; start < order.length; ) {
    const value = keys[order[start] ?? 0];
    let end = start + 1;
    while (end < order.length && keys[order[end] ?? 0] === value) end += 1;
    for (let i = start; i < end; i += 1) {
      ranks[order[i] ?? 0] = (start + end + 1) / 2;
    }
    start = end;
  }
  return ranks;
}
