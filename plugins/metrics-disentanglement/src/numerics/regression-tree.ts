// A regression tree by least squares: every node is cut where the sum of squared errors falls most (Breiman et al., "Classification and
// regression trees", 1984). Friedman's criterion, scikit-learn's "friedman_mse", ranks the cuts of a node alike.
import type { SortedFeatures } from "./sorted-features.js";
import { createSplitSearch, type Split } from "./split-search.js";

/** A tree of full depth, in heap order: node j has the children 2j + 1 and 2j + 2. Below a node that was not cut all samples go left. */
export interface TreeNodes {
  /** `[2^depth − 1]` */
  readonly features: Int32Array;
  /** `[2^depth − 1]`: a sample goes left where its feature is not above this. */
  readonly thresholds: Float64Array;
  /** `[2^depth]` */
  readonly leaves: Float64Array;
}

/** Value of the leaf that holds `samples[start … end]`. */
export type LeafValue = (samples: Int32Array, start: number, end: number) => number;

export interface TreeGrower {
  /**
   * Fits a tree to `targets` and writes it into `nodes`; adds each cut's decrease of the squared error to `gains`, `[columns]`.
   * `visit(node)` gives the features in the order in which equal cuts of a node are preferred.
   */
  grow(targets: Float64Array, nodes: TreeNodes, gains: Float64Array, visit: (node: number) => ArrayLike<number>, leafValue: LeafValue): void;
}

/** A node whose variance is not above this is pure: what is left is rounding. */
const pure = Number.EPSILON;

export function createTreeGrower({ rows, values, order }: SortedFeatures, depth: number): TreeGrower {
  const search = createSplitSearch(values, rows);
  const split: Split = { gain: 0, feature: 0, count: 0 };
  const goesLeft = new Uint8Array(rows);
  // The samples of each node lie together, ascending in every feature: the root's orders are the table's own.
  const orders = [order, ...Array.from({ length: depth - 1 }, () => new Int32Array(order.length))];

  function partition(from: Int32Array, to: Int32Array, start: number, end: number, count: number): void {
    for (let base = 0; base < order.length; base += rows) {
      let left = base + start;
      let right = left + count;
      const last = base + end;
      for (let i = left; i < last; i += 1) {
        const sample = from[i] ?? 0;
        const isLeft = goesLeft[sample] ?? 0;
        to[right + ((left - right) & -isLeft)] = sample; // without a branch, which would be mispredicted half the time
        left += isLeft;
        right += 1 - isLeft;
      }
    }
  }

  return {
    grow(targets, nodes, gains, visit, leafValue) {
      const firstLeaf = nodes.features.length;

      function descend(node: number, level: number, start: number, end: number, samples: Int32Array, offset: number): void {
        const current = orders[level];
        if (current === undefined) {
          nodes.leaves[node - firstLeaf] = leafValue(samples, offset + start, offset + end);
          return;
        }
        const features = visit(node);
        const along = (features[features.length - 1] ?? 0) * rows; // any feature does, but a sum's rounding takes part in ties: the seed decides
        let sum = 0;
        let squares = 0;
        for (let i = along + start; i < along + end; i += 1) {
          const target = targets[current[i] ?? 0] ?? 0;
          sum += target;
          squares += target * target;
        }
        const count = end - start;
        const mean = sum / count;
        const isPure = squares / count - mean * mean <= pure;
        split.count = 0;
        if (!isPure) {
          search.find(current, start, end, targets, sum, features, split);
        }
        if (split.count === 0) {
          endHere(node, samples, offset + start, offset + end);
          return;
        }
        const { feature, gain, count: leftCount } = split;
        const cut = start + leftCount;
        const base = feature * rows;
        const low = values[base + (current[base + cut - 1] ?? 0)] ?? 0;
        const high = values[base + (current[base + cut] ?? 0)] ?? 0;
        nodes.features[node] = feature;
        nodes.thresholds[node] = low / 2 + high / 2;
        gains[feature] = (gains[feature] ?? 0) + gain;
        const next = orders[level + 1];
        if (next !== undefined) {
          for (let i = start; i < end; i += 1) {
            goesLeft[current[base + i] ?? 0] = i < cut ? 1 : 0;
          }
          partition(current, next, start, end, leftCount);
        }
        // At the last level nothing was moved: the children are the two parts of the feature that was cut.
        const children = next ?? current;
        descend(2 * node + 1, level + 1, start, cut, children, base);
        descend(2 * node + 2, level + 1, cut, end, children, base);
      }

      function endHere(node: number, samples: Int32Array, from: number, to: number): void {
        let leaf = node;
        for (; leaf < firstLeaf; leaf = 2 * leaf + 1) {
          nodes.features[leaf] = 0;
          nodes.thresholds[leaf] = Number.POSITIVE_INFINITY;
        }
        nodes.leaves[leaf - firstLeaf] = leafValue(samples, from, to);
      }

      descend(0, 0, 0, rows, order, 0);
    },
  };
}
