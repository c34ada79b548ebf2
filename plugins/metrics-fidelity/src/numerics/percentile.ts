/** The values between the `low`-th and the `high`-th percentile, both included: of the ranks that a percentile lies between, the outer one counts, as in StyleGAN's PPL. */
export function withinPercentiles(values: ArrayLike<number>, low: number, high: number): Float64Array {
  const sorted = Float64Array.from(values).sort();
  const rank = (percent: number): number => (percent / 100) * (sorted.length - 1);
  return sorted.subarray(Math.floor(rank(low)), Math.ceil(rank(high)) + 1);
}
