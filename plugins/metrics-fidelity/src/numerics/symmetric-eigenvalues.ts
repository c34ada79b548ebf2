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

/** Reduces `a`, which is overwritten, from its first row on. */
function tridiagonalise(a: Float64Array, size: number): Tridiagonal {
  const diagonal = new Float64Array(size);
  const beside = new Float64Array(Math.max(0, size - 1));
  const [v, p] = [new Float64Array(size), new Float64Array(size)];
  for (let k = 0; k < size; k += 1) {
    diagonal[k] = a[k * size + k] as number;
    if (k === size - 1) break;
    const first = k + 1;
    let scale = 0;
    for (let j = first; j < size; j += 1) scale = Math.hypot(scale, a[k * size + j] as number);
    const lead = a[k * size + first] as number;
    const alpha = lead > 0 ? -scale : scale;
    beside[k] = alpha;
    const norm = scale * (scale + Math.abs(lead)); // half of v^T v
    if (norm === 0) continue;
    for (let j = first; j < size; j += 1) v[j] = a[k * size + j] as number;
    v[first] = lead - alpha;
    reflect(a, size, first, { v, p, norm });
  }
  return { diagonal, beside };
}

/** H A H for H = I - v v^T / norm, in rows and columns from `first` on. */
function reflect(a: Float64Array, size: number, first: number, { v, p, norm }: { readonly v: Float64Array; readonly p: Float64Array; readonly norm: number }): void {
  let product = 0;
  for (let i = first; i < size; i += 1) {
    const value = dot(a, i * size, v, first, size) / norm;
    p[i] = value;
    product += value * (v[i] as number);
  }
  const half = product / (2 * norm);
  for (let i = first; i < size; i += 1) p[i] = (p[i] as number) - half * (v[i] as number);
  for (let i = first; i < size; i += 1) {
    const [vi, pi, line] = [v[i] as number, p[i] as number, i * size];
    for (let j = first; j < size; j += 1) a[line + j] = (a[line + j] as number) - vi * (p[j] as number) - pi * (v[j] as number);
  }
}

/** Four sums at once, which processors add side by side. */
function dot(a: Float64Array, line: number, v: Float64Array, from: number, to: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let j = from;
  for (; j + 3 < to; j += 4) {
    s0 += (a[line + j] as number) * (v[j] as number);
    s1 += (a[line + j + 1] as number) * (v[j + 1] as number);
    s2 += (a[line + j + 2] as number) * (v[j + 2] as number);
    s3 += (a[line + j + 3] as number) * (v[j + 3] as number);
  }
  for (; j < to; j += 1) s0 += (a[line + j] as number) * (v[j] as number);
  return s0 + s1 + s2 + s3;
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
