// The residual networks of the official ID-GAN code, https://github.com/1Konny/idgan (gan_training/models/resnet3.py), which stem from
// Mescheder, Geiger and Nowozin, "Which training methods for GANs do actually converge?", ICML 2018, https://arxiv.org/abs/1801.04406.
import { describeSpace, IdganError, type ImageSpace, type Weights } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import type { ResnetGanOptions } from "./options.js";

/** Height and width at the narrow end of both networks. */
export const base = 4;

export interface Network<Input extends tf.Tensor, Output extends tf.Tensor> {
  readonly weights: Weights;
  apply(x: Input): Output;
}

/** Leaky ReLU of slope 0.2, between all layers. */
export function activate<T extends tf.Tensor>(x: T): T {
  return tf.leakyRelu(x, 0.2);
}

/**
 * Channels of the blocks, from the image inwards: `width` doubled at each halving between `image` and 4x4, up to `maxWidth`.
 * 64x64 with a width of 64 gives 64, 128, 256, 512, 512.
 */
export function channelsOf({ width, maxWidth }: Pick<ResnetGanOptions, "width" | "maxWidth">, image: ImageSpace): readonly number[] {
  const halvings = Math.log2(image.height / base);
  if (image.height !== image.width || !Number.isInteger(halvings) || halvings < 1) {
    throw new IdganError(
      "BACKBONE_INVALID",
      `@idgan/plugin-resnetgan makes square images of 8, 16, 32 … 1024 pixels, powers of two, not ${describeSpace(image)}. Set gan.size to one of these.`,
    );
  }
  return Array.from({ length: halvings + 1 }, (_, i) => Math.min(width * 2 ** i, maxWidth));
}
