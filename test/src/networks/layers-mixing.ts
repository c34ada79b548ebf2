// Layers in which one number depends on many others: normalisations, reductions, products of matrices.
import * as tf from "@tensorflow/tfjs";
import { weightOf, type LayerMaker } from "./layer.js";

/** Keeps roots and quotients away from 0, where small images have no deviation. */
const epsilon = 0.1;

const instanceNorm: LayerMaker = () => ({
  label: "instance norm",
  run(x) {
    const centred = tf.sub(x, tf.mean(x, [1, 2], true));
    return tf.mul(centred, tf.rsqrt(tf.add(tf.mean(tf.square(centred), [1, 2], true), epsilon)));
  },
});

const batchNorm: LayerMaker = (_, [, , , channels]) => ({
  label: "batch norm",
  weights: [{ shape: [channels], deviation: 1 }, { shape: [channels], deviation: 1 }],
  run(x, offset: tf.Tensor1D, scale: tf.Tensor1D) {
    const { mean, variance } = tf.moments(x, [0, 1, 2]);
    return tf.batchNorm(x, mean as tf.Tensor1D, variance as tf.Tensor1D, offset, scale, epsilon);
  },
});

const layerNorm: LayerMaker = () => ({
  label: "layer norm",
  run(x) {
    const { mean, variance } = tf.moments(x, [1, 2, 3], true);
    return tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, epsilon)));
  },
});

const pixelNorm: LayerMaker = () => ({ label: "pixel norm", run: (x) => tf.mul(x, tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), epsilon))) });

const localResponse: LayerMaker = () => ({ label: "local response", run: (x) => tf.localResponseNormalization(x, 2, 1, 0.5, 0.5) });

const softmax: LayerMaker = (draw) => {
  const isLog = draw.chance(0.5);
  return { label: isLog ? "log softmax" : "softmax", run: (x) => (isLog ? tf.mul(tf.logSoftmax(x), 0.3) : tf.softmax(x)) };
};

/** A channel of the deviation over the batch, as in a progressive GAN. */
const batchDeviation: LayerMaker = (_, [batch, height, width]) => ({
  label: "batch deviation",
  run(x) {
    const centred = tf.sub(x, tf.mean(x, 0, true));
    const deviation = tf.mean(tf.sqrt(tf.add(tf.mean(tf.square(centred), 0), epsilon)));
    return tf.concat([x, tf.mul<tf.Tensor4D>(tf.ones([batch, height, width, 1]), deviation)], 3);
  },
});

const dense: LayerMaker = (draw, [batch, height, width, channels]) => {
  const [rows, columns, out] = [draw.integer(1, 4), draw.integer(1, 4), draw.pick([1, 3, 16, 32])];
  const [inputs, outputs] = [height * width * channels, rows * columns * out];
  return {
    label: `dense to ${rows}x${columns}x${out}`,
    hasKinks: true,
    weights: [weightOf([inputs, outputs], inputs), { shape: [outputs], deviation: 0.5 }],
    run: (x, kernel, bias) => tf.reshape(tf.relu(tf.add(tf.matMul(tf.reshape(x, [batch, inputs]), kernel), bias)), [batch, rows, columns, out]),
  };
};

const attention: LayerMaker = (_, [batch, height, width, channels]) => {
  if (height * width > 36) return undefined;
  return {
    label: "attention",
    run(x) {
      const pixels = tf.reshape(x, [batch, height * width, channels]);
      const scores = tf.softmax(tf.mul(tf.matMul(pixels, pixels, false, true), 0.2));
      return tf.reshape(tf.matMul(scores, pixels), [batch, height, width, channels]);
    },
  };
};

const reductions = {
  mean: (x: tf.Tensor, axes: number[]) => tf.mean(x, axes, true),
  sum: (x: tf.Tensor, axes: number[]) => tf.mul(tf.sum(x, axes, true), 0.1),
  max: (x: tf.Tensor, axes: number[]) => tf.max(x, axes, true),
  min: (x: tf.Tensor, axes: number[]) => tf.min(x, axes, true),
  logSumExp: (x: tf.Tensor, axes: number[]) => tf.logSumExp(x, axes, true),
} as const;

const reduction: LayerMaker = (draw) => {
  const axes = draw.pick([[0], [1], [2], [3], [1, 2], [0, 3], [0, 1, 2], [1, 2, 3], [0, 1, 2, 3]]);
  const name = draw.pick(["mean", "sum", "max", "min", "logSumExp"] as const);
  return { label: `${name} over ${axes}`, hasKinks: name === "max" || name === "min", run: (x) => tf.add(x, tf.mul(reductions[name](x, axes), 0.5)) };
};

const cumulative: LayerMaker = (draw) => {
  const [axis, isExclusive] = [draw.integer(1, 3), draw.chance(0.5)];
  return { label: `cumulative sum along ${axis}${isExclusive ? ", exclusive" : ""}`, run: (x) => tf.mul(tf.cumsum(x, axis, isExclusive), 0.3) };
};

export const mixingLayers = { instanceNorm, batchNorm, layerNorm, pixelNorm, localResponse, softmax, batchDeviation, dense, attention, reduction, cumulative } as const;
