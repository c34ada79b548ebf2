// Logistic regression with an L2 penalty on the weights and none on the intercepts: the objective of scikit-learn's LogisticRegression.
// Hastie, Tibshirani and Friedman, "The elements of statistical learning", section 4.4.
import { IdganError } from "@idgan/core";
import { classesOf } from "./classes.js";
import { minimise } from "./lbfgs.js";
import type { Matrix } from "./matrix.js";
import { crossEntropy } from "./cross-entropy.js";

export interface LogisticOptions {
  /** Inverse weight of the penalty |w|² / 2, beside the cross-entropy summed over samples. */
  readonly C: number;
  /** Ends where no element of the gradient of the mean loss is larger. */
  readonly tolerance: number;
  readonly mostIterations: number;
}

/** C of scikit-learn; the descent ends at a tenth of its tolerance, and later. */
export const logisticDefaults: LogisticOptions = { C: 1, tolerance: 1e-5, mostIterations: 1000 };

export interface LogisticModel {
  /** The labels that it tells apart, ascending. */
  readonly classes: Int32Array;
  readonly columns: number;
  /** `[rows of logits, columns + 1]`: weights, then the intercept; one row for the second of two classes, else a row for each. */
  readonly weights: Float64Array;
  readonly iterations: number;
  readonly converged: boolean;
}

/** Throws `METRIC_INPUT` for labels of other length, or of one value. Two classes share one logit, more have one each (multinomial). */
export function fitLogistic(samples: Matrix, labels: ArrayLike<number>, options: Partial<LogisticOptions> = {}): LogisticModel {
  const { C, tolerance, mostIterations } = { ...logisticDefaults, ...options };
  if (!(C > 0)) {
    throw new IdganError("METRIC_INPUT", `The C of a logistic regression is above 0, not ${C}.`);
  }
  const classes = classesOf(labels, samples.rows);
  const width = samples.columns + 1;
  const logits = classes.values.length === 2 ? 1 : classes.values.length;
  const loss = crossEntropy(samples, classes.index, logits);
  const penalty = 1 / (C * samples.rows);
  const { x, iterations, converged } = minimise(
    (weights, gradient) => {
      let value = loss(weights, gradient);
      for (let i = 0; i < weights.length; i += 1) {
        if (i % width < samples.columns) {
          const weight = weights[i] ?? 0;
          value += (penalty / 2) * weight * weight;
          gradient[i] = (gradient[i] ?? 0) + penalty * weight;
        }
      }
      return value;
    },
    new Float64Array(logits * width),
    { tolerance, mostIterations },
  );
  return { classes: classes.values, columns: samples.columns, weights: x, iterations, converged };
}

/** `[rows, classes]`; each row sums to 1. */
export function probabilitiesOf(model: LogisticModel, samples: Matrix): Float64Array {
  const { classes, columns, weights } = model;
  if (samples.columns !== columns) {
    throw new IdganError("METRIC_INPUT", `The samples have ${samples.columns} features, and the regression was fitted to ${columns}.`);
  }
  const width = columns + 1;
  const count = classes.length;
  const result = new Float64Array(samples.rows * count);
  for (let row = 0; row < samples.rows; row += 1) {
    const logits = result.subarray(row * count, (row + 1) * count);
    for (let k = count - weights.length / width; k < count; k += 1) { // of two classes the first one's logit is 0
      const base = (k - count) * width + weights.length;
      let sum = weights[base + columns] ?? 0;
      for (let j = 0; j < columns; j += 1) {
        sum += (weights[base + j] ?? 0) * (samples.values[row * columns + j] ?? 0);
      }
      logits[k] = sum;
    }
    const highest = logits.reduce((a, b) => Math.max(a, b));
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit - highest), 0);
    logits.forEach((logit, k) => (logits[k] = Math.exp(logit - highest) / total));
  }
  return result;
}

/** The most likely label of each sample; of equals the lowest. */
export function predictLogistic(model: LogisticModel, samples: Matrix): Int32Array {
  const { classes } = model;
  const probabilities = probabilitiesOf(model, samples);
  return Int32Array.from({ length: samples.rows }, (_, row) => {
    const share = probabilities.subarray(row * classes.length, (row + 1) * classes.length);
    return classes[share.indexOf(share.reduce((a, b) => Math.max(a, b)))] ?? 0;
  });
}
