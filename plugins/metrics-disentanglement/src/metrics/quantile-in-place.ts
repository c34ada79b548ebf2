// Quantiles without a full sort: Hoare, "Algorithm 65: find", 1961, https://doi.org/10.1145/366622.366647

/** As `quantileOf` of numerics, for finite values, which it reorders. */
export function quantileInPlace(values: Float64Array, q: number): number {
  const place = q * (values.length - 1);
  const below = Math.floor(place);
  const low = select(values, below);
  let high = low;
  if (below + 1 < values.length) {
    high = values[below + 1]!; // what lies behind is not lower, and its least is next in order
    for (let i = below + 2; i < values.length; i += 1) high = Math.min(high, values[i]!);
  }
  return low + (high - low) * (place - below);
}

/** The value that would stand at `place` in ascending order; moves lower ones before it and higher ones behind. */
function select(values: Float64Array, place: number): number {
  let [left, right] = [0, values.length - 1];
  while (left < right) {
    const pivot = values[place]!;
    let [i, j] = [left, right];
    while (i <= j) {
      while (values[i]! < pivot) i += 1;
      while (values[j]! > pivot) j -= 1;
      if (i <= j) {
        const value = values[i]!;
        values[i] = values[j]!;
        values[j] = value;
        i += 1;
        j -= 1;
      }
    }
    if (j < place) left = i;
    if (i > place) right = j;
  }
  return values[place]!;
}
