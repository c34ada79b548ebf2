// The best cut of one node: an exact scan of every feature in sorted order, two features at a time because a running sum alone waits for itself.

/** Values no further apart than this are taken as equal, in single precision, as scikit-learn's trees do. */
const tieWidth = Math.fround(1e-7);

/** Where a node is cut; reused from node to node. */
export interface Split {
  /** Decrease of the sum of squared errors, S_l² / n_l + S_r² / n_r − S² / n; at least 0. */
  gain: number;
  feature: number;
  /** Samples that go left; 0 where no cut was found. */
  count: number;
}

export interface SplitSearch {
  /**
   * Writes the best cut of the samples `start` … `end` of `order` (`[columns, rows]`, each feature ascending) into `split`; `total` is the sum
   * of their targets. Among equal cuts the first in `features`, then the lowest value, wins.
   */
  find(order: Int32Array, start: number, end: number, targets: Float64Array, total: number, features: ArrayLike<number>, split: Split): void;
}

export function createSplitSearch(values: Float32Array, rows: number): SplitSearch {
  function isCut(order: Int32Array, place: number, feature: number): boolean {
    const left = values[feature * rows + (order[place] ?? 0)] ?? 0;
    const right = values[feature * rows + (order[place + 1] ?? 0)] ?? 0;
    return right > Math.fround(left + tieWidth);
  }

  return {
    find(order, start, end, targets, total, features, split) {
      const count = end - start;
      let best = Number.NEGATIVE_INFINITY;
      split.count = 0;
      for (let f = 0; f < features.length; f += 2) {
        const first = features[f] ?? 0;
        const second = features[f + 1] ?? first;
        const a = first * rows + start;
        const b = second * rows + start;
        let [leftA, leftB] = [0, 0];
        let [bestA, bestB] = [best, best];
        let [countA, countB] = [0, 0];
        // In the first stages gradients take two values, and many cuts are equal on paper. Rounding then decides, so the terms are written
        // as scikit-learn writes them: a shorter form falls to other sides, and shifts importances by more than a seed does.
        for (let n = 1; n < count; n += 1) {
          leftA += targets[order[a + n - 1] ?? 0] ?? 0;
          leftB += targets[order[b + n - 1] ?? 0] ?? 0;
          const rightA = total - leftA;
          const rightB = total - leftB;
          const scoreA = (leftA * leftA) / n + (rightA * rightA) / (count - n);
          const scoreB = (leftB * leftB) / n + (rightB * rightB) / (count - n);
          if (scoreA > bestA && isCut(order, a + n - 1, first)) {
            bestA = scoreA;
            countA = n;
          }
          if (scoreB > bestB && isCut(order, b + n - 1, second)) {
            bestB = scoreB;
            countB = n;
          }
        }
        if (countA > 0) {
          best = bestA;
          split.feature = first;
          split.count = countA;
        }
        if (bestB > best) {
          best = bestB;
          split.feature = second;
          split.count = countB;
        }
      }
      split.gain = Math.max(0, best - (total * total) / count); // below 0 only by rounding, or where no cut was found
    },
  };
}
