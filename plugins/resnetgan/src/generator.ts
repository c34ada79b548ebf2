import { createConv, createDense, joinWeights, type GanContext } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import { activate, base, channelsOf, type Network } from "./network.js";
import type { ResnetGanOptions } from "./options.js";
import { createResidualBlock } from "./residual-block.js";

/** z = (s, c) `[batch, nuisanceDim + latentDim]` to images before the tanh. */
export function createGenerator(options: ResnetGanOptions, { image, latentDim, nuisanceDim, ...context }: GanContext): Network<tf.Tensor2D, tf.Tensor4D> {
  const init = context.init.scope("generator");
  const std = options.initialisation === "he" ? "he" : "pytorch";
  const widths = channelsOf(options, image).toReversed();
  const first = widths[0] ?? 0;
  const last = widths.at(-1) ?? 0;
  const dense = createDense({ name: "dense", inputs: nuisanceDim + latentDim, outputs: base * base * first, init, std });
  // One for each doubling, and one at the image's own size.
  const blocks = widths.map((inputs, i) => createResidualBlock({ name: `block${i + 1}`, inputs, outputs: widths[i + 1] ?? inputs, init, std }));
  const paint = createConv({ name: "image", inputs: last, outputs: image.channels, kernel: 3, stride: 1, pad: 1, init, std });
  return {
    weights: joinWeights([dense, ...blocks, paint]),
    apply(z) {
      const [batch] = z.shape;
      const maps: tf.Tensor4D = tf.reshape(dense.apply(z), [batch, base, base, first]);
      const large = blocks.reduce((h, block, i) => block.apply(i === 0 ? h : double(h)), maps);
      return paint.apply(activate(large));
    },
  };
}

/** Each pixel repeated to a block of 2x2. */
function double(x: tf.Tensor4D): tf.Tensor4D {
  const [, height, width] = x.shape;
  return tf.image.resizeNearestNeighbor(x, [2 * height, 2 * width]);
}
