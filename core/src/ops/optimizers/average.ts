// Exponential moving average of a generator's weights. Yazıcı et al., "The unusual effectiveness of averaging in GAN training", ICLR 2019,
// https://arxiv.org/abs/1806.04498, equation 2.
import * as tf from "@tensorflow/tfjs";
import { IdganError } from "../../contract/error.js";
import type { Weights } from "../../contract/weights.js";

/** Inside a step: average <- decay * average + (1 - decay) * weight, name by name. */
export function updateAverage(average: Weights, weights: Weights, decay: number | tf.Scalar): void {
  const share = typeof decay === "number" ? 1 - decay : tf.sub(1, decay);
  const pairs = Object.entries(average).map(([name, mean]) => {
    const weight = weights[name];
    if (weight === undefined) {
      throw new IdganError("BACKBONE_INVALID", `The averaged weight "${name}" has no counterpart. Build both copies from the same options.`);
    }
    return [mean, weight] as const;
  });
  for (const [mean, weight] of pairs) {
    mean.assign(tf.add(tf.mul(mean, decay), tf.mul(weight, share)));
  }
}

/**
 * The decay of update `step`, counted from 0: (1 + step) / (10 + step) until that reaches `decay`. An average that starts with its full decay remembers
 * the first, random weights for thousands of updates; the ramp is that of TensorFlow's ExponentialMovingAverage,
 * https://www.tensorflow.org/api_docs/python/tf/train/ExponentialMovingAverage.
 */
export function rampedDecay(decay: number, step: tf.Scalar): tf.Scalar {
  return tf.minimum(decay, tf.div(tf.add(step, 1), tf.add(step, 10)));
}
