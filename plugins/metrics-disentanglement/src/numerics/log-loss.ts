// The losses that boosting descends: binomial for two classes, multinomial for more. Friedman 2001, sections 4.5 and 4.6.
import type { Classes } from "./classes.js";

/** Predictions and gradients are `[initial.length, samples]`. */
export interface LogLoss {
  /** Raw predictions without features, from the classes' shares: the log odds of the second of two, or a logit for each, of mean 0. */
  readonly initial: Float64Array;
  /** Writes label − probability for every sample and raw prediction. */
  negativeGradients(raw: Float64Array, gradients: Float64Array): void;
  /** A leaf's value: one step of Newton's method with the diagonal of the Hessian, from the negative gradients of one prediction. */
  newtonStep(gradients: Float64Array, samples: Int32Array, start: number, end: number): number;
}

/** Below this a sum of second derivatives is taken as 0, and the leaf's value is 0. */
const flat = 1e-150;

export function createLogLoss(classes: Classes): LogLoss {
  const { counts, index } = classes;
  const samples = index.length;
  const logShares = Float64Array.from(counts, (count) => Math.log(count / samples));
  if (counts.length === 2) {
    return {
      initial: Float64Array.of((logShares[1] ?? 0) - (logShares[0] ?? 0)),
      negativeGradients(raw, gradients) {
        for (let i = 0; i < samples; i += 1) {
          gradients[i] = (index[i] ?? 0) - 1 / (1 + Math.exp(-(raw[i] ?? 0)));
        }
      },
      newtonStep: (gradients, order, start, end) => newtonStep(gradients, order, start, end, 1),
    };
  }
  const mean = logShares.reduce((sum, value) => sum + value, 0) / counts.length;
  return {
    initial: logShares.map((value) => value - mean),
    negativeGradients: (raw, gradients) => writeSoftmaxGradients(raw, gradients, index),
    // Friedman's factor (K − 1) / K, equation 36; the diagonal of the Hessian alone would not ask for it.
    newtonStep: (gradients, order, start, end) => newtonStep(gradients, order, start, end, (counts.length - 1) / counts.length),
  };
}

function newtonStep(gradients: Float64Array, order: Int32Array, start: number, end: number, factor: number): number {
  let slope = 0;
  let curvature = 0;
  for (let i = start; i < end; i += 1) {
    const gradient = gradients[order[i] ?? 0] ?? 0;
    const error = Math.abs(gradient);
    slope += gradient;
    curvature += error * (1 - error); // p (1 − p), whether the label is 0 or 1
  }
  return curvature / (end - start) < flat ? 0 : (factor * slope) / curvature;
}

/** Class by class, so that every loop runs along memory. */
function writeSoftmaxGradients(raw: Float64Array, gradients: Float64Array, index: Int32Array): void {
  const samples = index.length;
  const highest = raw.slice(0, samples);
  for (let base = samples; base < raw.length; base += samples) {
    for (let i = 0; i < samples; i += 1) {
      highest[i] = Math.max(highest[i] ?? 0, raw[base + i] ?? 0);
    }
  }
  const sums = new Float64Array(samples);
  for (let base = 0; base < raw.length; base += samples) {
    for (let i = 0; i < samples; i += 1) {
      const power = Math.exp((raw[base + i] ?? 0) - (highest[i] ?? 0));
      gradients[base + i] = -power;
      sums[i] = (sums[i] ?? 0) + power;
    }
  }
  for (let base = 0; base < raw.length; base += samples) {
    for (let i = 0; i < samples; i += 1) {
      gradients[base + i] = (gradients[base + i] ?? 0) / (sums[i] ?? 1);
    }
  }
  for (let i = 0; i < samples; i += 1) {
    const at = (index[i] ?? 0) * samples + i;
    gradients[at] = (gradients[at] ?? 0) + 1;
  }
}
