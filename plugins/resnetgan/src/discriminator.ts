import { createConv, createDense, joinWeights, type GanContext } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import { activate, base, channelsOf, type Network } from "./network.js";
import type { ResnetGanOptions } from "./options.js";
import { createResidualBlock } from "./residual-block.js";

/** A discriminator in two parts, between which a bottleneck may lie. */
export interface ResnetDiscriminator {
  /** Images to features, `[batch, 4, 4, channels]`. */
  readonly trunk: Network<tf.Tensor4D, tf.Tensor4D>;
  /** Features to logits, `[batch, 1]`. */
  readonly head: Network<tf.Tensor4D, tf.Tensor2D>;
  /** Of the features. */
  readonly channels: number;
}

export function createDiscriminator(options: ResnetGanOptions, context: GanContext): ResnetDiscriminator {
  const init = context.init.scope("discriminator");
  const std = options.initialisation === "he" ? "he" : "pytorch";
  const widths = channelsOf(options, context.image);
  const channels = widths.at(-1) ?? 0;
  const read = createConv({ name: "image", inputs: context.image.channels, outputs: widths[0] ?? 0, kernel: 3, stride: 1, pad: 1, init, std });
  // One at the image's own size, and one after each halving.
  const blocks = widths.map((outputs, i) => createResidualBlock({ name: `block${i + 1}`, inputs: widths[i - 1] ?? outputs, outputs, init, std }));
  const dense = createDense({ name: "dense", inputs: base * base * channels, outputs: 1, init, std });
  return {
    channels,
    trunk: {
      weights: joinWeights([read, ...blocks]),
      apply: (x) => blocks.reduce((h, block, i) => block.apply(i === 0 ? h : halve(h)), read.apply(x)),
    },
    head: {
      weights: dense.weights,
      apply: (features) => dense.apply(activate(tf.reshape(features, [features.shape[0], base * base * channels]))),
    },
  };
}

/**
 * The mean of 3x3 pixels at every second one, which counts those outside of the image as zeros (PyTorch's `AvgPool2d(3, 2, 1)`); tfjs's own
 * padding would leave them out of the mean. Where the size is even, as it is here, only the first row and column lie outside.
 */
function halve(x: tf.Tensor4D): tf.Tensor4D {
  return tf.avgPool(tf.pad(x, [[0, 0], [1, 0], [1, 0], [0, 0]]), 3, 2, "valid");
}
