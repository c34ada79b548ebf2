// Batch normalisation. Ioffe and Szegedy, "Batch normalization", ICML 2015, algorithm 1, https://arxiv.org/abs/1502.03167.
import { type Initializer, type Layer } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";

const epsilon = 1e-5;

/** Gains are drawn as DCGAN draws them, from N(1, 0.02). */
const gainDeviation = 0.02;

/**
 * Each channel of `[batch, height, width, channels]` with the mean and variance of the batch at hand, always: every weight of a
 * backbone is trained, so there is no place for running statistics. Made of primitives, whose second derivatives tfjs has as it comes.
 */
export function createBatchNorm(name: string, channels: number, init: Initializer): Layer<tf.Tensor4D, tf.Tensor4D> {
  const scope = init.scope(name);
  const gain = scope.normal("gain", [channels], gainDeviation); // added to 1 below
  const bias = scope.constant("bias", [channels], 0);
  return {
    weights: { [`${name}/gain`]: gain, [`${name}/bias`]: bias },
    apply(x) {
      const centred = tf.sub(x, tf.mean(x, [0, 1, 2]));
      const scale = tf.mul(tf.rsqrt(tf.add(tf.mean(tf.square(centred), [0, 1, 2]), epsilon)), tf.add(gain, 1));
      return tf.add(tf.mul(centred, scale), bias);
    },
  };
}
