// The variational discriminator bottleneck with its dual update. Peng, Kanazawa, Toyer, Abbeel and Levine, "Variational discriminator
// bottleneck", ICLR 2019 (its VGAN), https://arxiv.org/abs/1810.00821; as in https://github.com/1Konny/idgan, branch vgan.
import { createConv, joinWeights, type GanContext, type Weights } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import type { ResnetGanOptions } from "./options.js";

/** q(f|x) at each position, each tensor `[batch, 4, 4, channels]`. */
export interface NoisyFeatures {
  readonly mean: tf.Tensor4D;
  readonly logStd: tf.Tensor4D;
}

export interface Bottleneck {
  readonly weights: Weights;
  /** The Lagrange multiplier of the constraint, a scalar. */
  readonly weight: tf.Variable<tf.Rank.R0>;
  narrow(features: tf.Tensor4D): NoisyFeatures;
  /** The next multiplier, from the information that was let through: it rises while that is too much, and is never below 0. */
  update(information: tf.Scalar): void;
}

export function createBottleneck(options: ResnetGanOptions, channels: number, context: GanContext): Bottleneck {
  const { initialisation, bottleneckInformation: target, bottleneckStep: stride, bottleneckWeight } = options;
  const init = context.init.scope("discriminator");
  const std = initialisation === "he" ? "he" : "pytorch";
  const point = { inputs: channels, outputs: channels, kernel: 1, stride: 1, pad: 0, init, std } as const;
  const mean = createConv({ name: "bottleneck/mean", ...point });
  const logStd = createConv({ name: "bottleneck/logStd", ...point });
  const weight = context.init.scope("state").constant("bottleneckWeight", [], bottleneckWeight) as tf.Variable<tf.Rank.R0>;
  weight.trainable = false;
  return {
    weights: joinWeights([mean, logStd]),
    weight,
    narrow: (features) => ({ mean: mean.apply(features), logStd: logStd.apply(features) }),
    update: (information) => weight.assign(tf.relu(tf.add(weight, tf.mul(tf.sub(information, target), stride)))),
  };
}

/** A sample of q(f|x) from standard normal `noise` of the same shape; the mean without it. */
export function drawFeatures({ mean, logStd }: NoisyFeatures, noise: tf.Tensor | undefined): tf.Tensor4D {
  return noise === undefined ? mean : tf.add(mean, tf.mul(noise, tf.exp(logStd)));
}

/** KL(q(f|x) || N(0, I)) in nats, summed over channels, averaged over positions and the batch. */
export function informationOf({ mean, logStd }: NoisyFeatures): tf.Scalar {
  const each = tf.sub(tf.mul(tf.add(tf.exp(tf.mul(logStd, 2)), tf.square(mean)), 0.5), tf.add(logStd, 0.5));
  return tf.mean(tf.sum(each, 3));
}
