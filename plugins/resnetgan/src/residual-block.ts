import { createConv, joinWeights, type Initializer, type LayerStart } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import { activate, type Network } from "./network.js";

export interface ResidualBlockOptions {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly init: Initializer;
  readonly std: LayerStart;
}

/** How much of what the convolutions find is added to the image that passes by. */
const share = 0.1;

/** shortcut(x) + 0.1 * conv2(lrelu(conv1(lrelu(x)))), of `[batch, height, width, inputs]`; the shortcut is a 1x1 convolution where the channels change. */
export function createResidualBlock({ name, inputs, outputs, init, std }: ResidualBlockOptions): Network<tf.Tensor4D, tf.Tensor4D> {
  const hidden = Math.min(inputs, outputs);
  const square = { kernel: 3, stride: 1, pad: 1, init, std } as const;
  const first = createConv({ name: `${name}/conv1`, inputs, outputs: hidden, ...square });
  const second = createConv({ name: `${name}/conv2`, inputs: hidden, outputs, ...square });
  const shortcut = inputs === outputs ? undefined : createConv({ name: `${name}/shortcut`, inputs, outputs, kernel: 1, stride: 1, pad: 0, init, std, bias: false });
  return {
    weights: joinWeights(shortcut ? [first, second, shortcut] : [first, second]),
    apply(x) {
      const found = second.apply(activate(first.apply(activate(x))));
      return tf.add(shortcut?.apply(x) ?? x, tf.mul(found, share));
    },
  };
}
