// Eigenvalues and eigenvectors of a symmetric matrix by Jacobi's rotations, in cyclic order: Golub and Van Loan, "Matrix computations",
// section 8.5. Slower than tridiagonal methods, and more accurate for small eigenvalues of a covariance; latents are few.
import { IdganError } from "@idgan/core";
import type { SymmetricMatrix } from "./covariance.js";
import { requireFinite } from "./matrix.js";

export interface SymmetricEigen {
  /** Ascending. */
  readonly values: Float64Array;
  /** `[size, size]`: row i is the unit eigenvector of value i. */
  readonly vectors: Float64Array;
}

/** The rotations converge quadratically: six to ten sweeps are usual. */
const mostSweeps = 100;

export function eigenOf({ size, values }: SymmetricMatrix): SymmetricEigen {
  requireFinite(values);
  const a = Float64Array.from(values);
  const vectors = new Float64Array(size * size);
  for (let i = 0; i < size; i += 1) {
    vectors[i * size + i] = 1;
  }
  let rotated = true;
  for (let sweep = 0; rotated; sweep += 1) {
    if (sweep === mostSweeps) {
      throw new IdganError("INTERNAL", `Jacobi's rotations of a ${size} x ${size} matrix did not end after ${mostSweeps} sweeps.`);
    }
    rotated = false;
    for (let p = 0; p < size - 1; p += 1) {
      for (let q = p + 1; q < size; q += 1) {
        rotated = rotate(a, vectors, size, p, q) || rotated;
      }
    }
  }
  const order = Array.from({ length: size }, (_, i) => i).sort((i, j) => (a[i * size + i] ?? 0) - (a[j * size + j] ?? 0));
  const sorted = new Float64Array(size * size);
  order.forEach((from, to) => sorted.set(vectors.subarray(from * size, (from + 1) * size), to * size));
  return { values: Float64Array.from(order, (i) => a[i * size + i] ?? 0), vectors: sorted };
}

/** Makes the element (p, q) zero; says whether there was anything left above rounding. */
function rotate(a: Float64Array, vectors: Float64Array, size: number, p: number, q: number): boolean {
  const at = (i: number, j: number): number => a[i * size + j] ?? 0;
  const off = at(p, q);
  if (Math.abs(off) <= 2 ** -54 * Math.sqrt(Math.abs(at(p, p))) * Math.sqrt(Math.abs(at(q, q)))) {
    a[p * size + q] = 0;
    a[q * size + p] = 0;
    return false;
  }
  const theta = (at(q, q) - at(p, p)) / (2 * off);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  const [pp, qq] = [at(p, p) - t * off, at(q, q) + t * off];
  for (let k = 0; k < size; k += 1) {
    const [x, y] = [at(k, p), at(k, q)];
    a[k * size + p] = a[p * size + k] = c * x - s * y;
    a[k * size + q] = a[q * size + k] = s * x + c * y;
    const [u, v] = [vectors[p * size + k] ?? 0, vectors[q * size + k] ?? 0];
    vectors[p * size + k] = c * u - s * v;
    vectors[q * size + k] = s * u + c * v;
  }
  a[p * size + p] = pp;
  a[q * size + q] = qq;
  a[p * size + q] = a[q * size + p] = 0;
  return true;
}
