import type { Dataset, Factor } from "../contract/dataset.js";

/** Images of every combination of factor values, once each, the last factor fastest. */
export interface FactorGrid extends Required<Pick<Dataset, "size" | "factors" | "factorValues" | "indicesOf">> {
  /** Writes the values of image `index` to `target`. Throws `RangeError` for an index without an image. */
  write(index: number, target: Int32Array | number[], offset: number): void;
}

export function createFactorGrid(factors: readonly Factor[]): FactorGrid {
  const size = factors.reduce((product, factor) => product * factor.size, 1);
  const columns = factors.length;
  const write: FactorGrid["write"] = (index, target, offset) => {
    if (!(Number.isInteger(index) && index >= 0 && index < size)) throw new RangeError(`image ${index}: images are numbered from 0 to ${size - 1}`);
    let rest = index;
    for (let column = columns - 1; column >= 0; column -= 1) {
      const values = (factors[column] as Factor).size;
      target[offset + column] = rest % values;
      rest = Math.floor(rest / values);
    }
  };
  const indexAt = (values: ArrayLike<number>, offset: number): number => {
    let index = 0;
    for (const [column, factor] of factors.entries()) {
      const value = values[offset + column] ?? Number.NaN;
      if (!(Number.isInteger(value) && value >= 0 && value < factor.size)) throw new RangeError(`${factor.name} ${value}: its values are 0 to ${factor.size - 1}`);
      index = index * factor.size + value;
    }
    return index;
  };
  return {
    size,
    factors,
    write,
    factorValues(indices) {
      const values = new Int32Array(indices.length * columns);
      for (let i = 0; i < indices.length; i += 1) write(indices[i] as number, values, i * columns);
      return values;
    },
    indicesOf(values) {
      if (values.length % columns !== 0) throw new RangeError(`${values.length} factor values: each image has ${columns}`);
      return Uint32Array.from({ length: values.length / columns }, (_, i) => indexAt(values, i * columns));
    },
  };
}
