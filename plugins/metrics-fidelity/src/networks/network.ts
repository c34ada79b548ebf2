import * as tf from "@tensorflow/tfjs";
import type { LayerVariables } from "./layer-weights.js";

/** A network that describes images by features. */
export interface Network {
  /** Height and width of the images that it takes. */
  readonly side: number;
  readonly featureCount: number;
  /** Pixels `[batch, side, side, 3]` from 0 to 255 to `[batch, featureCount]`. */
  describe(pixels: tf.Tensor4D): tf.Tensor2D;
  /** Frees its weights. */
  dispose(): void;
}

/** Mean and standard deviation of ImageNet's pixels in [0, 1] by channel, as torchvision's networks were trained with. */
const imageNet = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] };

/** Pixels from 0 to 255 as torchvision's networks take them. */
export function normalised(pixels: tf.Tensor4D): tf.Tensor4D {
  return tf.div(tf.sub(tf.div(pixels, 255), imageNet.mean), imageNet.deviation);
}

/** A convolution, its bias and ReLU. */
export function convolve(x: tf.Tensor4D, { kernel, bias }: LayerVariables<tf.Rank.R4>, stride = 1, pad: "same" | "valid" = stride === 1 ? "same" : "valid"): tf.Tensor4D {
  return tf.relu(tf.add(tf.conv2d(x, kernel, stride, pad), bias));
}

/** A dense layer and ReLU. */
export function connect(x: tf.Tensor2D, { kernel, bias }: LayerVariables<tf.Rank.R2>): tf.Tensor2D {
  return tf.relu(tf.add(tf.matMul(x, kernel), bias));
}

/** Largest of windows of 3x3, every second pixel. Where a side leaves a rest, torchvision's SqueezeNet looks at it too, and tfjs would not: zeros beside activations, which are never below 0, change nothing else. */
export function poolCeil(x: tf.Tensor4D): tf.Tensor4D {
  const [, height, width] = x.shape;
  const rest = (side: number): number => (side - 3 + 2) % 2;
  return tf.maxPool(tf.pad(x, [[0, 0], [0, rest(height)], [0, rest(width)], [0, 0]]), 3, 2, "valid");
}
