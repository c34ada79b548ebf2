// Plug-in estimates from counts, in nats. Cover and Thomas, "Elements of information theory", sections 2.1 and 2.3.
import { requireFinite, requireSameLength } from "./matrix.js";

/** Entropy of discrete values. */
export function entropyOf(values: ArrayLike<number>): number {
  requireSameLength(values.length, values.length);
  requireFinite(values);
  const { index, size } = placesOf(values);
  return entropyOfCounts(countsOf(index, size), values.length);
}

/** Mutual information of two discrete variables, from their values in the same samples; at least 0. */
export function mutualInformation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  requireSameLength(a.length, b.length);
  requireFinite(a);
  requireFinite(b);
  const [first, second] = [placesOf(a), placesOf(b)];
  const joint = new Float64Array(first.size * second.size);
  for (let i = 0; i < a.length; i += 1) {
    const at = (first.index[i] ?? 0) * second.size + (second.index[i] ?? 0);
    joint[at] = (joint[at] ?? 0) + 1;
  }
  const rows = countsOf(first.index, first.size);
  const columns = countsOf(second.index, second.size);
  let sum = 0;
  for (let at = 0; at < joint.length; at += 1) {
    const count = joint[at] ?? 0;
    if (count > 0) {
      const independent = (rows[Math.floor(at / second.size)] ?? 0) * (columns[at % second.size] ?? 0);
      sum += count * Math.log((count * a.length) / independent);
    }
  }
  return Math.max(0, sum / a.length); // rounding can fall below
}

function entropyOfCounts(counts: Float64Array, total: number): number {
  return counts.reduce((sum, count) => sum - (count / total) * Math.log(count / total), 0);
}

/** Each value's place among the different ones, in the order in which they are met. */
function placesOf(values: ArrayLike<number>): { readonly index: Int32Array; readonly size: number } {
  const places = new Map<number, number>();
  const index = Int32Array.from({ length: values.length }, (_, i) => {
    const value = values[i] ?? 0;
    const place = places.get(value) ?? places.size;
    places.set(value, place);
    return place;
  });
  return { index, size: places.size };
}

function countsOf(index: Int32Array, size: number): Float64Array {
  const counts = new Float64Array(size);
  for (const each of index) {
    counts[each] = (counts[each] ?? 0) + 1;
  }
  return counts;
}
