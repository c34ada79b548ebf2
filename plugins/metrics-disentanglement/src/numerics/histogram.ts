// Bins of equal width over a latent's own range, with the edges and the assignment of numpy.histogram and numpy.digitize, in double precision.
import { IdganError } from "@idgan/core";
import { requireFinite, requireSameLength } from "./matrix.js";

/** `bins + 1` edges from the least to the greatest value; half a unit to either side where all values are equal. */
export function histogramEdges(values: ArrayLike<number>, bins: number): Float64Array {
  requireSameLength(values.length, values.length);
  requireFinite(values);
  if (!Number.isInteger(bins) || bins < 1) {
    throw new IdganError("METRIC_INPUT", `A histogram has at least one bin, not ${bins}.`);
  }
  let [low, high] = [values[0] ?? 0, values[0] ?? 0];
  for (let i = 1; i < values.length; i += 1) {
    low = Math.min(low, values[i] ?? 0);
    high = Math.max(high, values[i] ?? 0);
  }
  if (low === high) {
    [low, high] = [low - 0.5, high + 0.5];
  }
  const step = (high - low) / bins;
  return Float64Array.from({ length: bins + 1 }, (_, i) => (i === bins ? high : i * step + low));
}

/** The bin of each value, 0 … bins − 1: a bin holds its lower edge, the last one both. (NumPy's `digitize` counts from 1.) */
export function discretise(values: ArrayLike<number>, bins: number): Int32Array {
  const edges = histogramEdges(values, bins);
  const low = edges[0] ?? 0;
  const step = ((edges[bins] ?? 1) - low) / bins;
  return Int32Array.from({ length: values.length }, (_, i) => {
    const value = values[i] ?? 0;
    // The quotient may round across an edge, and where the range is a few spacings of doubles, across several.
    let bin = Math.min(bins - 1, Math.max(0, Math.floor((value - low) / step)));
    while (bin > 0 && value < (edges[bin] ?? 0)) bin -= 1;
    while (bin < bins - 1 && value >= (edges[bin + 1] ?? 0)) bin += 1;
    return bin;
  });
}
