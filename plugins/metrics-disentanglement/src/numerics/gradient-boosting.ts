// Gradient-boosted trees for classification, with the behaviour of scikit-learn's GradientBoostingClassifier, which DCI was defined with:
// Friedman, "Greedy function approximation: a gradient boosting machine", 2001, algorithms 5 and 6, https://doi.org/10.1214/aos/1013203451
import { createStream, IdganError } from "@idgan/core";
import { labelsOf, type BoostedTrees } from "./boosted-trees.js";
import { classesOf } from "./classes.js";
import { createLogLoss } from "./log-loss.js";
import type { Matrix } from "./matrix.js";
import { createTreeGrower } from "./regression-tree.js";
import { sortFeatures, type SortedFeatures } from "./sorted-features.js";

export interface BoostingOptions {
  /** Trees for each class. */
  readonly stages: number;
  /** Cuts between a tree's root and its leaves. */
  readonly depth: number;
  readonly learningRate: number;
  /** Keys the order in which a node tries the features, which decides between equal cuts. */
  readonly seed: number;
  /** Names the stream of `seed` that the order is drawn from: another for each model, or their orders are the same. */
  readonly stream: string;
}

/** Those of scikit-learn. */
export const boostingDefaults: BoostingOptions = { stages: 100, depth: 3, learningRate: 0.1, seed: 0, stream: "boosting" };

/** Throws `METRIC_INPUT` for codes that are not finite, labels of other length, or of one value. */
export function fitBoosting(samples: Matrix, labels: ArrayLike<number>, options: Partial<BoostingOptions> = {}): BoostedTrees {
  return fitSorted(sortFeatures(samples), labels, { ...boostingDefaults, ...options });
}

/** The same on features that were sorted before, for several labellings of the same samples. */
export function fitSorted(sorted: SortedFeatures, labels: ArrayLike<number>, { stages, depth, learningRate, seed, stream: streamName }: BoostingOptions): BoostedTrees {
  const { rows, columns } = sorted;
  const classes = classesOf(labels, rows);
  if (!Number.isInteger(stages) || !Number.isInteger(depth) || stages < 1 || depth < 1 || !(learningRate > 0)) {
    throw new IdganError("METRIC_INPUT", `Boosting takes at least one stage and one level and a learning rate above 0, not ${stages}, ${depth} and ${learningRate}.`);
  }
  const loss = createLogLoss(classes);
  const treesPerStage = loss.initial.length;
  const inner = 2 ** depth - 1;
  const outer = 2 ** depth;
  const trees = stages * treesPerStage;
  const features = new Int32Array(trees * inner);
  const thresholds = new Float64Array(trees * inner);
  const leaves = new Float64Array(trees * outer);
  const gains = new Float64Array(columns);
  const raw = Float64Array.from({ length: treesPerStage * rows }, (_, i) => loss.initial[Math.floor(i / rows)] ?? 0); // [treesPerStage, rows]
  const gradients = new Float64Array(raw.length);
  const grower = createTreeGrower(sorted, depth);
  const stream = createStream(seed, streamName);
  for (let tree = 0; tree < trees; tree += 1) {
    const k = tree % treesPerStage;
    if (k === 0) {
      loss.negativeGradients(raw, gradients);
    }
    const targets = gradients.subarray(k * rows, (k + 1) * rows);
    const predictions = raw.subarray(k * rows, (k + 1) * rows);
    grower.grow(
      targets,
      {
        features: features.subarray(tree * inner, (tree + 1) * inner),
        thresholds: thresholds.subarray(tree * inner, (tree + 1) * inner),
        leaves: leaves.subarray(tree * outer, (tree + 1) * outer),
      },
      gains,
      (node) => stream.permutation(tree * inner + node, columns),
      (order, start, end) => {
        const step = learningRate * loss.newtonStep(targets, order, start, end);
        for (let i = start; i < end; i += 1) {
          const sample = order[i] ?? 0;
          predictions[sample] = (predictions[sample] ?? 0) + step;
        }
        return step;
      },
    );
  }
  const total = gains.reduce((sum, gain) => sum + gain, 0);
  return {
    classes: classes.values,
    columns,
    depth,
    stages,
    treesPerStage,
    initial: loss.initial,
    features,
    thresholds,
    leaves,
    featureImportances: total > 0 ? gains.map((gain) => gain / total) : gains,
    fitted: labelsOf(transpose(raw, treesPerStage, rows), classes.values),
  };
}

function transpose(values: Float64Array, rows: number, columns: number): Float64Array {
  return Float64Array.from(values, (_, i) => values[(i % rows) * columns + Math.floor(i / rows)] ?? 0);
}
