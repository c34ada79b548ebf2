import type { Objective } from "./lbfgs.js";
import type { Matrix } from "./matrix.js";

/** Samples whose logits are held at once: they and their features stay in the processor's nearest cache. */
const blockSize = 128;
/** Features that one pass of an inner loop takes, so that each logit is loaded once for four of them. */
const unroll = 4;

/**
 * Mean over samples of −log p(class), as a function of `[logits, columns + 1]` weights, the intercept last. One logit is the log odds
 * of class 1 against class 0; more are those of a softmax.
 */
export function crossEntropy(samples: Matrix, index: Int32Array, logits: number): Objective {
  const { rows, columns } = samples;
  const width = columns + 1;
  const features = padColumns(samples);
  const padded = features.length / rows;
  const block = new Float64Array(logits * blockSize);
  const row = new Float64Array(padded);
  const sums = new Float64Array(padded);
  return (weights, gradient) => {
    gradient.fill(0);
    let value = 0;
    for (let start = 0; start < rows; start += blockSize) {
      const count = Math.min(blockSize, rows - start);
      for (let k = 0; k < logits; k += 1) {
        row.set(weights.subarray(k * width, (k + 1) * width));
        multiply(features, rows, start, row, block, k * blockSize, count);
      }
      for (let i = 0; i < count; i += 1) {
        const label = index[start + i] ?? 0;
        value += logits === 1 ? binomial(block, i, label, 1 / rows) : multinomial(block, i, logits, label, 1 / rows);
      }
      for (let k = 0; k < logits; k += 1) {
        project(features, rows, start, block, k * blockSize, count, sums);
        for (let j = 0; j < width; j += 1) {
          gradient[k * width + j] = (gradient[k * width + j] ?? 0) + (sums[j] ?? 0);
        }
      }
    }
    return value;
  };
}

/** `[columns + 1 and up to a multiple of four, rows]`: features, then ones for the intercept, then zeros. */
function padColumns({ rows, columns, values }: Matrix): Float64Array {
  const result = new Float64Array(Math.ceil((columns + 1) / unroll) * unroll * rows);
  for (let i = 0; i < rows; i += 1) {
    for (let j = 0; j < columns; j += 1) {
      result[j * rows + i] = values[i * columns + j] ?? 0;
    }
  }
  return result.fill(1, columns * rows, (columns + 1) * rows);
}

/** Writes the logits of `count` samples. */
function multiply(features: Float64Array, rows: number, start: number, weights: Float64Array, block: Float64Array, at: number, count: number): void {
  for (let j = 0; j < weights.length; j += unroll) {
    const [w0, w1, w2, w3] = [weights[j] ?? 0, weights[j + 1] ?? 0, weights[j + 2] ?? 0, weights[j + 3] ?? 0];
    const [f0, f1, f2, f3] = [j * rows + start, (j + 1) * rows + start, (j + 2) * rows + start, (j + 3) * rows + start];
    for (let i = 0; i < count; i += 1) {
      const before = j === 0 ? 0 : (block[at + i] ?? 0);
      block[at + i] = before + w0 * (features[f0 + i] ?? 0) + w1 * (features[f1 + i] ?? 0) + w2 * (features[f2 + i] ?? 0) + w3 * (features[f3 + i] ?? 0);
    }
  }
}

/** Writes each feature's sum over `count` samples, weighted by their errors. */
function project(features: Float64Array, rows: number, start: number, block: Float64Array, at: number, count: number, sums: Float64Array): void {
  for (let j = 0; j < sums.length; j += unroll) {
    const [f0, f1, f2, f3] = [j * rows + start, (j + 1) * rows + start, (j + 2) * rows + start, (j + 3) * rows + start];
    let [s0, s1, s2, s3] = [0, 0, 0, 0];
    for (let i = 0; i < count; i += 1) {
      const error = block[at + i] ?? 0;
      s0 += error * (features[f0 + i] ?? 0);
      s1 += error * (features[f1 + i] ?? 0);
      s2 += error * (features[f2 + i] ?? 0);
      s3 += error * (features[f3 + i] ?? 0);
    }
    sums[j] = s0;
    sums[j + 1] = s1;
    sums[j + 2] = s2;
    sums[j + 3] = s3;
  }
}

/** Turns a sample's log odds into weight · (probability − label); its part of the loss. */
function binomial(block: Float64Array, at: number, label: number, weight: number): number {
  const logit = block[at] ?? 0;
  const power = Math.exp(-Math.abs(logit));
  block[at] = weight * ((logit >= 0 ? 1 : power) / (1 + power) - label);
  return weight * (Math.max(0, logit) - logit * label + Math.log1p(power));
}

/** Turns a sample's logits into weight · (probability − indicator of the label); its part of the loss. */
function multinomial(block: Float64Array, at: number, logits: number, label: number, weight: number): number {
  const end = at + logits * blockSize;
  let highest = Number.NEGATIVE_INFINITY;
  for (let k = at; k < end; k += blockSize) {
    highest = Math.max(highest, block[k] ?? 0);
  }
  const own = at + label * blockSize;
  const ownLogit = (block[own] ?? 0) - highest;
  let sum = 0;
  for (let k = at; k < end; k += blockSize) {
    const power = Math.exp((block[k] ?? 0) - highest);
    block[k] = power;
    sum += power;
  }
  const scale = weight / sum;
  for (let k = at; k < end; k += blockSize) {
    block[k] = (block[k] ?? 0) * scale;
  }
  block[own] = (block[own] ?? 0) - weight;
  return weight * (Math.log(sum) - ownLogit);
}
