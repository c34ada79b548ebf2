// Gradients of normalisations: tfjs's own of FusedBatchNorm tiles its statistics to the size of the image, and that of LRN has no gradient.
import * as tf from "@tensorflow/tfjs";
import { declareConstant } from "../declared-constant.js";
import { defineGradient } from "./define-gradient.js";
import { sumTo } from "./sum-to.js";

interface LrnAttrs {
  readonly depthRadius: number;
  readonly bias: number;
  readonly alpha: number;
  readonly beta: number;
}

/** 1 where two channels lie within the radius of each other, `[channels, channels]`. */
function neighbours(channels: number, radius: number): tf.Tensor2D {
  const positions = Array.from({ length: channels }, (_, i) => i);
  return declareConstant(tf.tensor2d(positions.map((i) => positions.map((j) => (Math.abs(i - j) <= radius ? 1 : 0))), [channels, channels]));
}

/** Ioffe & Szegedy 2015, https://arxiv.org/abs/1502.03167; the statistics are inputs, so what they in turn depend on is not its affair. */
const batchNorm = defineGradient(
  tf.FusedBatchNorm,
  ["x", "mean", "variance", "scale"],
  (dy, saved, { varianceEpsilon }: { readonly varianceEpsilon: number }) => {
    const { x, mean, variance } = saved;
    const scale: tf.Tensor | undefined = saved.scale; // the last to be saved, and absent if it was not given
    const deviation = tf.rsqrt(tf.add(variance, varianceEpsilon));
    const gain = scale ? tf.mul(deviation, scale) : deviation;
    // Mean, variance, scale and offset have one shape: `[channels]`, or that of x.
    const summed = (values: tf.Tensor): tf.Tensor => sumTo(values, mean.shape);
    const covariance = (): tf.Tensor => summed(tf.mul(dy, tf.sub(x, mean)));
    return {
      x: () => tf.mul(dy, gain),
      mean: () => tf.neg(tf.mul(summed(dy), gain)),
      variance: () => tf.mul(covariance(), tf.mul(tf.mul(gain, tf.square(deviation)), -0.5)),
      scale: () => tf.mul(covariance(), deviation),
      offset: () => summed(dy),
    };
  },
);

/** y = x n^-beta with n = bias + alpha * the sum of squares of neighbouring channels; Krizhevsky et al. 2012, section 3.3. */
const localResponse = defineGradient(tf.LRN, ["x"], (dy, { x }, { depthRadius, bias, alpha, beta }: LrnAttrs) => ({
  x: () => {
    const channels = x.shape.at(-1) ?? 1;
    const near = neighbours(channels, depthRadius);
    const sumNear = (values: tf.Tensor): tf.Tensor => tf.reshape(tf.matMul(tf.reshape(values, [-1, channels]), near), x.shape);
    const n = tf.add(tf.mul(sumNear(tf.square(x)), alpha), bias);
    const through = tf.mul(x, sumNear(tf.mul(tf.mul(dy, x), tf.pow(n, -beta - 1))));
    return tf.sub(tf.mul(dy, tf.pow(n, -beta)), tf.mul(through, 2 * alpha * beta));
  },
}));

export const normalisationGradients: readonly tf.GradConfig[] = [batchNorm, localResponse];
