// Fréchet distance of two Gaussians: Dowson and Landau 1982; on image features: Heusel 2017, https://arxiv.org/abs/1706.08500, equation 6.
import { factorise } from "./cholesky.js";
import type { Moments } from "./moments.js";
import { multiply, transpose } from "./product.js";
import { symmetricEigenvalues } from "./symmetric-eigenvalues.js";

export interface FrechetDistance {
  /** |m1 - m2|^2 + Tr(S1 + S2 - 2 (S1 S2)^(1/2)), at least 0. */
  readonly value: number;
  /** |m1 - m2|^2. */
  readonly ofMeans: number;
  /** The trace. */
  readonly ofCovariances: number;
}

/**
 * The root's trace is the sum of the roots of the eigenvalues of F S2 F^T with F^T F = S1, which is symmetric and has the eigenvalues of S1 S2:
 * no root of a matrix is ever formed, and a singular covariance needs nothing added to its diagonal.
 */
export function frechetDistance(a: Moments, b: Moments): FrechetDistance {
  const size = a.mean.length;
  if (b.mean.length !== size) throw new RangeError(`moments of ${size} and of ${b.mean.length} features cannot be compared`);
  let [ofMeans, traces] = [0, 0];
  for (let i = 0; i < size; i += 1) {
    ofMeans += ((a.mean[i] as number) - (b.mean[i] as number)) ** 2;
    traces += (a.covariance[i * size + i] as number) + (b.covariance[i * size + i] as number);
  }
  const ofCovariances = Math.max(0, traces - 2 * traceOfRoot(a.covariance, b.covariance, size));
  return { value: ofMeans + ofCovariances, ofMeans, ofCovariances };
}

function traceOfRoot(a: Float64Array, b: Float64Array, size: number): number {
  const { rank, values } = factorise(a, size);
  if (rank === 0) return 0;
  const product = multiply(multiply(values, b, rank, size, size), transpose(values, rank, size), rank, size, rank);
  for (let i = 0; i < rank; i += 1) {
    for (let j = 0; j < i; j += 1) {
      const mean = ((product[i * rank + j] as number) + (product[j * rank + i] as number)) / 2; // symmetric up to rounding
      product[i * rank + j] = mean;
      product[j * rank + i] = mean;
    }
  }
  return symmetricEigenvalues(product, rank).reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);
}
