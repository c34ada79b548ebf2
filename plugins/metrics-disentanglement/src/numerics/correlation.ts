import { requireFinite, requireSameLength } from "./matrix.js";
import { ranksOf } from "./ranks.js";
import { isConstant, meanOf } from "./statistics.js";

/** Pearson's correlation; 0 where one of the two is constant, which has none. */
export function pearsonCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  requireSameLength(a.length, b.length);
  requireFinite(a);
  requireFinite(b);
  if (isConstant(a) || isConstant(b)) {
    return 0; // asked of the values: the sums below leave a rounding error, and a correlation of noise
  }
  const [meanA, meanB] = [meanOf(a), meanOf(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i += 1) {
    const x = (a[i] ?? 0) - meanA;
    const y = (b[i] ?? 0) - meanB;
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  const scale = Math.sqrt(aa) * Math.sqrt(bb); // not sqrt(aa · bb), which underflows sooner
  return scale > 0 ? Math.min(1, Math.max(-1, ab / scale)) : 0;
}

/** Spearman's rank correlation, equal values sharing the mean of their ranks; 0 where one of the two is constant. */
export function spearmanCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  requireSameLength(a.length, b.length);
  return pearsonCorrelation(ranksOf(a), ranksOf(b));
}
