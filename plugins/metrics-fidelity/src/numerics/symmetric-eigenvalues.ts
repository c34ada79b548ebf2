// Eigenvalues of a symmetric matrix: Householder's reduction to three diagonals, then the QL algorithm with implicit shifts.
// Golub and Van Loan, "Matrix Computations", 4th edition, algorithms 8.3.1 and 8.3.3.

interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** `[size - 1]`, beside the diagonal. */
  readonly beside: Float64Array;
}

/** The eigenvalues of a symmetric matrix `[size, size]`, in no order. Only an infinite or NaN entry makes it fail, with a `RangeError`. */
export function symmetricEigenvalues(matrix: Float64Array, size: number): Float64Array {
  if (!matrix.every(Number.isFinite)) throw new RangeError("a matrix with NaN or infinite entries has no eigenvalues");
  return eigenvaluesOf(tridiagonalise(matrix.slice(), size));
}

/** A reflection I - v v^T / norm, as the change v p^T + p v^T that it makes of what is left of the matrix. */
interface Change {
  readonly v: Float64Array;
  readonly p: Float64Array;
}

/**
 * Reduces `a`, of which the upper triangle is overwritten, from its first row on. A reflection changes the matrix only as the next one's product
 * with it is taken, so that 32 MiB go through the processor once for each row and not three times.
 */
function tridiagonalise(a: Float64Array, size: number): Tridiagonal {
  const diagonal = new Float64Array(size);
  const beside = new Float64Array(Math.max(0, size - 1));
  let change: Change = { v: new Float64Array(size), p: new Float64Array(size) };
  for (let k = 0; k < size; k += 1) {
    const { v: before, p } = change;
    const [vk, pk, line] = [before[k] as number, p[k] as number, k * size];
    for (let j = k; j < size; j += 1) a[line + j] = (a[line + j] as number) - vk * (p[j] as number) - pk * (before[j] as number);
    diagonal[k] = a[line + k] as number;
    if (k === size - 1) break;
    const { v, alpha, norm } = reflectionOf(a, size, k);
    beside[k] = alpha;
    const product = changeAndMultiply(a, size, k + 1, change, v);
    change = { v, p: norm === 0 ? product.fill(0) : balanced(product, v, norm) };
  }
  return { diagonal, beside };
}

/** The reflection that leaves of row `k` nothing right of the number beside the diagonal, which becomes `alpha`. */
function reflectionOf(a: Float64Array, size: number, k: number): { readonly v: Float64Array; readonly alpha: number; readonly norm: number } {
  const [line, first] = [k * size, k + 1];
  let [most, squares] = [0, 0];
  for (let j = first; j < size; j += 1) most = Math.max(most, Math.abs(a[line + j] as number));
  if (most === 0) return { v: new Float64Array(size), alpha: 0, norm: 0 };
  for (let j = first; j < size; j += 1) squares += ((a[line + j] as number) / most) ** 2;
  const length = most * Math.sqrt(squares);
  const lead = a[line + first] as number;
  const alpha = lead > 0 ? -length : length;
  const norm = length * (length + Math.abs(lead)); // half of v^T v
  const v = new Float64Array(size);
  for (let j = first; j < size; j += 1) v[j] = a[line + j] as number;
  v[first] = lead - alpha;
  return { v, alpha, norm };
}

/** Makes the change in rows and columns from `first` on, and returns the changed matrix times `v`. */
function changeAndMultiply(a: Float64Array, size: number, first: number, { v: before, p }: Change, v: Float64Array): Float64Array {
  const product = new Float64Array(size);
  for (let i = first; i < size; i += 1) {
    const [bi, pi, vi, line] = [before[i] as number, p[i] as number, v[i] as number, i * size];
    const corner = (a[line + i] as number) - 2 * bi * pi;
    a[line + i] = corner;
    let sum = corner * vi;
    for (let j = i + 1; j < size; j += 1) {
      const value = (a[line + j] as number) - bi * (p[j] as number) - pi * (before[j] as number);
      a[line + j] = value;
      sum += value * (v[j] as number);
      product[j] = (product[j] as number) + value * vi;
    }
    product[i] = (product[i] as number) + sum;
  }
  return product;
}

/** p = q - v (q^T v) / (2 norm) with q = A v / norm, in place of A v. */
function balanced(product: Float64Array, v: Float64Array, norm: number): Float64Array {
  let inner = 0;
  for (let i = 0; i < v.length; i += 1) {
    product[i] = (product[i] as number) / norm;
    inner += (product[i] as number) * (v[i] as number);
  }
  const half = inner / (2 * norm);
  return product.map((value, i) => value - half * (v[i] as number));
}

/** QL steps until each number beside the diagonal is lost in rounding. */
function eigenvaluesOf({ diagonal: d, beside }: Tridiagonal): Float64Array {
  const size = d.length;
  const e = new Float64Array(size);
  e.set(beside);
  for (let low = 0; low < size; low += 1) {
    for (;;) {
      let high = low;
      while (high < size - 1 && Math.abs(e[high] as number) > Number.EPSILON * (Math.abs(d[high] as number) + Math.abs(d[high + 1] as number))) high += 1;
      if (high === low) break;
      stepQl(d, e, low, high);
    }
  }
  return d;
}

function stepQl(d: Float64Array, e: Float64Array, low: number, high: number): void {
  const value = (of: Float64Array, i: number): number => of[i] as number;
  let g = (value(d, low + 1) - value(d, low)) / (2 * value(e, low));
  g = value(d, high) - value(d, low) + value(e, low) / (g + (g >= 0 ? 1 : -1) * Math.hypot(g, 1));
  let [s, c, shift] = [1, 1, 0];
  for (let i = high - 1; i >= low; i -= 1) {
    const [f, b] = [s * value(e, i), c * value(e, i)];
    const r = Math.hypot(f, g);
    e[i + 1] = r;
    if (r === 0) {
      d[i + 1] = value(d, i + 1) - shift;
      e[high] = 0;
      return;
    }
    [s, c] = [f / r, g / r];
    g = value(d, i + 1) - shift;
    const turned = (value(d, i) - g) * s + 2 * c * b;
    shift = s * turned;
    d[i + 1] = g + shift;
    g = c * turned - b;
  }
  d[low] = value(d, low) - shift;
  e[low] = g;
  e[high] = 0;
}
