// Fréchet distance of two Gaussians: Dowson and Landau, 1982; on image features: Heusel et al., https://arxiv.org/abs/1706.08500, equation 6.
import { EigenvalueDecomposition, Matrix } from "ml-matrix";

/** Mean `[size]` and unbiased covariance `[size, size]` of a set of feature vectors. */
export interface Moments {
  readonly mean: Float64Array;
  readonly covariance: Float64Array;
}

/** Moments of `features`, `[n, size]`, in double precision. */
export function momentsOf(features: ArrayLike<number>, size: number): Moments {
  const count = features.length / size;
  if (!(Number.isInteger(count) && count >= 2)) {
    throw new RangeError(`${features.length} numbers are no two or more vectors of ${size}`);
  }
  const mean = new Float64Array(size);
  for (let i = 0; i < features.length; i += 1) {
    mean[i % size] = (mean[i % size] as number) + (features[i] as number) / count;
  }
  const covariance = new Float64Array(size * size);
  const centered = new Float64Array(size);
  for (let row = 0; row < count; row += 1) {
    for (let i = 0; i < size; i += 1) {
      centered[i] = (features[row * size + i] as number) - (mean[i] as number);
    }
    addOuter(centered, 1 / (count - 1), covariance);
  }
  for (let i = 0; i < size; i += 1) {
    for (let j = 0; j < i; j += 1) covariance[j * size + i] = covariance[i * size + j] as number;
  }
  return { mean, covariance };
}

/** Adds `weight * v v^T` to the lower half of `matrix`. */
function addOuter(v: Float64Array, weight: number, matrix: Float64Array): void {
  for (let i = 0; i < v.length; i += 1) {
    const scaled = (v[i] as number) * weight;
    if (scaled !== 0) {
      const row = i * v.length;
      for (let j = 0; j <= i; j += 1) matrix[row + j] = (matrix[row + j] as number) + scaled * (v[j] as number);
    }
  }
}

/** |m1 - m2|^2 + Tr(S1 + S2 - 2 (S1 S2)^(1/2)). The root's trace is that of the symmetric (S1^(1/2) S2 S1^(1/2))^(1/2), which has the same eigenvalues. */
export function frechetDistance(a: Moments, b: Moments): number {
  const size = a.mean.length;
  if (b.mean.length !== size) {
    throw new RangeError(`moments of ${size} and of ${b.mean.length} features cannot be compared`);
  }
  let distance = 0;
  for (let i = 0; i < size; i += 1) {
    const variances = (a.covariance[i * size + i] as number) + (b.covariance[i * size + i] as number);
    distance += ((a.mean[i] as number) - (b.mean[i] as number)) ** 2 + variances;
  }
  const root = squareRoot(matrixOf(a));
  const product = root.mmul(matrixOf(b)).mmul(root);
  const values = new EigenvalueDecomposition(symmetric(product), { assumeSymmetric: true }).realEigenvalues;
  return distance - 2 * values.reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);
}

function matrixOf({ mean, covariance }: Moments): Matrix {
  return Matrix.from1DArray(mean.length, mean.length, covariance);
}

/** The symmetric root of a covariance; what rounding made negative counts as 0. */
function squareRoot(covariance: Matrix): Matrix {
  const { eigenvectorMatrix: vectors, realEigenvalues } = new EigenvalueDecomposition(covariance, { assumeSymmetric: true });
  return vectors.mmul(Matrix.diag(realEigenvalues.map((value) => Math.sqrt(Math.max(0, value))))).mmul(vectors.transpose());
}

/** The mean of a matrix and its transpose: products of symmetric matrices are so only up to rounding. */
function symmetric(matrix: Matrix): Matrix {
  return Matrix.add(matrix, matrix.transpose()).mul(0.5);
}
