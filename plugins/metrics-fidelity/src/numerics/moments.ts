/** Mean `[size]` and unbiased covariance `[size, size]` of feature vectors, in double precision. */
export interface Moments {
  readonly count: number;
  readonly mean: Float64Array;
  readonly covariance: Float64Array;
}

/** Rows whose products are added in one visit of each line of the covariance, which has 32 MiB and lies in no cache. */
const block = 64;
/** Of them, rows that are added at once. */
const depth = 8;

/**
 * Adds up vectors as they come, so that 50,000 of 2048 numbers are never in memory at once. Sums are of differences to the first
 * vectors' mean: squares of large features would lose their last digits.
 */
export class MomentSums {
  readonly size: number;
  #count = 0;
  #shift: Float64Array | undefined;
  readonly #sums: Float64Array;
  /** Of products; the part right of and on the diagonal. */
  readonly #products: Float64Array;
  readonly #rows: Float64Array;

  constructor(size: number) {
    this.size = size;
    this.#sums = new Float64Array(size);
    this.#products = new Float64Array(size * size);
    this.#rows = new Float64Array(block * size);
  }

  get count(): number {
    return this.#count;
  }

  /** Adds vectors `[n, size]`. */
  add(features: ArrayLike<number>): void {
    const { size } = this;
    const count = features.length / size;
    this.#shift ??= meanOf(features, size);
    for (let start = 0; start < count; start += block) {
      this.#rows.fill(0);
      for (let i = 0; i < Math.min(block, count - start) * size; i += 1) {
        const difference = (features[start * size + i] as number) - (this.#shift[i % size] as number);
        this.#rows[i] = difference;
        this.#sums[i % size] = (this.#sums[i % size] as number) + difference;
      }
      addProducts(this.#products, this.#rows, size, Math.min(block, count - start));
    }
    this.#count += count;
  }

  /** Throws `RangeError` for fewer than two vectors, which have no covariance. */
  moments(): Moments {
    const { size } = this;
    const count = this.#count;
    if (count < 2) throw new RangeError(`${count} vectors have no covariance`);
    const covariance = new Float64Array(size * size);
    for (let i = 0; i < size; i += 1) {
      for (let j = i; j < size; j += 1) {
        const value = ((this.#products[i * size + j] as number) - ((this.#sums[i] as number) * (this.#sums[j] as number)) / count) / (count - 1);
        covariance[i * size + j] = value;
        covariance[j * size + i] = value;
      }
    }
    return { count, mean: this.#sums.map((sum, i) => (this.#shift?.[i] ?? 0) + sum / count), covariance };
  }
}

/** Moments of vectors `[n, size]` that are all there. */
export function momentsOf(features: ArrayLike<number>, size: number): Moments {
  const sums = new MomentSums(size);
  sums.add(features);
  return sums.moments();
}

function meanOf(features: ArrayLike<number>, size: number): Float64Array {
  const mean = new Float64Array(size);
  for (let i = 0; i < features.length; i += 1) mean[i % size] = (mean[i % size] as number) + (features[i] as number) / (features.length / size);
  return mean;
}

/** Adds the products of the first `count` rows of `size` numbers, those behind them being 0, to the upper triangle. */
function addProducts(products: Float64Array, rows: Float64Array, size: number, count: number): void {
  for (let i = 0; i < size; i += 1) {
    for (let first = 0; first < count; first += depth) addLine(products, rows, size, i, first * size);
  }
}

/** Adds to line `i` the products of the eight rows that begin at `r0`. */
function addLine(products: Float64Array, rows: Float64Array, size: number, i: number, r0: number): void {
  const [r1, r2, r3, r4, r5, r6, r7] = [r0 + size, r0 + 2 * size, r0 + 3 * size, r0 + 4 * size, r0 + 5 * size, r0 + 6 * size, r0 + 7 * size];
  const at = (place: number): number => rows[place] as number;
  const [a0, a1, a2, a3, a4, a5, a6, a7] = [at(r0 + i), at(r1 + i), at(r2 + i), at(r3 + i), at(r4 + i), at(r5 + i), at(r6 + i), at(r7 + i)];
  const line = i * size;
  for (let j = i; j < size; j += 1) {
    products[line + j] =
      (products[line + j] as number) +
      a0 * (rows[r0 + j] as number) + a1 * (rows[r1 + j] as number) + a2 * (rows[r2 + j] as number) + a3 * (rows[r3 + j] as number) +
      a4 * (rows[r4 + j] as number) + a5 * (rows[r5 + j] as number) + a6 * (rows[r6 + j] as number) + a7 * (rows[r7 + j] as number);
  }
}
