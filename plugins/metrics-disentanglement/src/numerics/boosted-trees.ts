import { IdganError } from "@idgan/core";
import type { Matrix } from "./matrix.js";

/** A fitted ensemble: plain arrays, so that it can pass between threads. */
export interface BoostedTrees {
  /** The labels that it tells apart, ascending. */
  readonly classes: Int32Array;
  readonly columns: number;
  readonly depth: number;
  readonly stages: number;
  /** 1 for two classes, else one for each class. */
  readonly treesPerStage: number;
  /** Raw prediction before the first stage, `[treesPerStage]`. */
  readonly initial: Float64Array;
  /** Features that nodes cut, `[stages, treesPerStage, 2^depth − 1]`; nodes in heap order. */
  readonly features: Int32Array;
  /** A sample goes left where its feature is not above this, shaped like `features`. */
  readonly thresholds: Float64Array;
  /** What a leaf adds to the raw prediction, learning rate included, `[stages, treesPerStage, 2^depth]`. */
  readonly leaves: Float64Array;
  /** Share of each feature in the decrease of the squared error of all trees; sums to 1, or is 0 throughout where no tree was cut. */
  readonly featureImportances: Float64Array;
  /** Predicted labels of the samples that it was fitted to: what `predictClasses` gives for them. */
  readonly fitted: Int32Array;
}

/** Raw predictions, `[rows, treesPerStage]`: the log odds of the second of two classes, or a logit for each class. */
export function rawPredictions(model: BoostedTrees, samples: Matrix, stages = model.stages): Float64Array {
  const { columns, depth, treesPerStage, features, thresholds, leaves, initial } = model;
  if (samples.columns !== columns) {
    throw new IdganError("METRIC_INPUT", `The samples have ${samples.columns} features, and the trees were fitted to ${columns}.`);
  }
  const inner = 2 ** depth - 1;
  const outer = 2 ** depth;
  const raw = new Float64Array(samples.rows * treesPerStage);
  const sample = new Float32Array(columns); // as the trees saw them: in single precision
  for (let row = 0; row < samples.rows; row += 1) {
    sample.set(samples.values.subarray(row * columns, (row + 1) * columns));
    for (let k = 0; k < treesPerStage; k += 1) {
      let value = initial[k] ?? 0;
      for (let tree = k; tree < stages * treesPerStage; tree += treesPerStage) {
        let node = 0;
        for (let level = 0; level < depth; level += 1) {
          const at = tree * inner + node;
          node = 2 * node + ((sample[features[at] ?? 0] ?? 0) <= (thresholds[at] ?? 0) ? 1 : 2);
        }
        value += leaves[tree * outer + node - inner] ?? 0;
      }
      raw[row * treesPerStage + k] = value;
    }
  }
  return raw;
}

/** The most likely label of each sample; among equals the lowest, but the second of two. */
export function predictClasses(model: BoostedTrees, samples: Matrix, stages = model.stages): Int32Array {
  return labelsOf(rawPredictions(model, samples, stages), model.classes);
}

/** Labels of raw predictions, `[rows, treesPerStage]`. */
export function labelsOf(raw: Float64Array, classes: Int32Array): Int32Array {
  if (classes.length === 2) {
    return Int32Array.from(raw, (logOdds) => classes[logOdds >= 0 ? 1 : 0] ?? 0);
  }
  const width = classes.length;
  return Int32Array.from({ length: raw.length / width }, (_, row) => {
    const logits = raw.subarray(row * width, (row + 1) * width);
    let best = 0;
    for (let k = 1; k < width; k += 1) {
      if ((logits[k] ?? 0) > (logits[best] ?? 0)) best = k;
    }
    return classes[best] ?? 0;
  });
}
