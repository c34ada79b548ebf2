// The best cut of one node: an exact scan of every feature in sorted order, two features at a time because a running sum alone waits for itself.

/** Values no further apart than this are taken as equal, in single precision, as scikit-learn's trees do. */
const tieWidth = Math.fround(1e-7);

/** Where a node is cut; reused from node to node. */
export interface Split {
  /** Decrease of the sum of squared errors, S_l² / n_l + S_r² / n_r − S² / n; 0 is a cut too, below it none was found. */
  gain: number;
  feature: number;
  /** Samples that go left. */
  count: number;
}

export interface SplitSearch {
  /**
   * Writes the best cut of the samples `start` … `end` of `order` (`[columns, rows]`, each feature ascending) into `split`.
   * Among equal gains the first in `features`, then the lowest value, wins.
   */
  find(order: Int32Array, start: number, end: number, targets: Float64Array, mean: number, features: ArrayLike<number>, split: Split): void;
}

export function createSplitSearch(values: Float32Array, rows: number): SplitSearch {
  const reciprocals = Float64Array.from({ length: rows + 1 }, (_, n) => 1 / n);
  const weights = new Float64Array(rows);

  function isCut(order: Int32Array, place: number, feature: number): boolean {
    const left = values[feature * rows + (order[place] ?? 0)] ?? 0;
    const right = values[feature * rows + (order[place + 1] ?? 0)] ?? 0;
    return right > Math.fround(left + tieWidth);
  }

  return {
    find(order, start, end, targets, mean, features, split) {
      const count = end - start;
      split.gain = -1;
      if (count < 2) {
        return;
      }
      // With targets centred on the node's mean the gain of a left part of n targets is sum² · weights[n - 1].
      for (let n = 1; n < count; n += 1) {
        weights[n - 1] = count * (reciprocals[n] ?? 0) * (reciprocals[count - n] ?? 0);
      }
      for (let f = 0; f < features.length; f += 2) {
        const first = features[f] ?? 0;
        const second = features[f + 1] ?? first;
        const a = first * rows + start;
        const b = second * rows + start;
        let [sumA, sumB] = [0, 0];
        let [bestA, bestB] = [split.gain, split.gain];
        let [countA, countB] = [0, 0];
        for (let n = 0; n < count - 1; n += 1) {
          const weight = weights[n] ?? 0;
          sumA += (targets[order[a + n] ?? 0] ?? 0) - mean;
          sumB += (targets[order[b + n] ?? 0] ?? 0) - mean;
          const gainA = sumA * sumA * weight;
          const gainB = sumB * sumB * weight;
          if (gainA > bestA && isCut(order, a + n, first)) {
            bestA = gainA;
            countA = n + 1;
          }
          if (gainB > bestB && isCut(order, b + n, second)) {
            bestB = gainB;
            countB = n + 1;
          }
        }
        if (countA > 0) {
          split.gain = bestA;
          split.feature = first;
          split.count = countA;
        }
        if (bestB > split.gain) {
          split.gain = bestB;
          split.feature = second;
          split.count = countB;
        }
      }
    },
  };
}
