import {
  describeSpace,
  IdganError,
  logisticDiscriminatorLoss,
  logisticGeneratorLoss,
  type GanBackbone,
  type GanContext,
  type Weights,
} from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import { createOfficialPair } from "./official-pair.js";
import type { DcganOptions } from "./options.js";
import { createRadfordPair } from "./radford-pair.js";

/** A generator of z = (s, c) and its discriminator. */
export interface Pair {
  readonly generator: {
    readonly weights: Weights;
    /** `[batch, nuisanceDim + latentDim]` to images before the tanh. */
    apply(z: tf.Tensor2D): tf.Tensor4D;
  };
  readonly discriminator: {
    readonly weights: Weights;
    /** `[batch, height, width, channels]` to `[batch, 1]`. */
    apply(x: tf.Tensor4D): tf.Tensor2D;
  };
}

/** Either pair of networks, with the logistic losses. */
export function createDcgan(options: DcganOptions, context: GanContext): GanBackbone {
  const { image, latentDim, nuisanceDim } = context;
  if (image.range[0] !== -1 || image.range[1] !== 1) {
    throw new IdganError(
      "BACKBONE_INVALID",
      `@idgan/plugin-dcgan ends in a tanh, so it makes images in [-1, 1], not ${describeSpace(image)}. Give it a space of that range.`,
    );
  }
  const { generator, discriminator } = options.architecture === "official" ? createOfficialPair(options, context) : createRadfordPair(options, context);
  const logits = (x: tf.Tensor4D): tf.Tensor2D => discriminator.apply(x);
  return {
    generator: {
      nuisanceDim,
      latentDim,
      output: image,
      weights: generator.weights,
      generate: (s, c) => tf.tanh(generator.apply(nuisanceDim === 0 ? c : tf.concat([s, c], 1))),
    },
    discriminator: { weights: discriminator.weights, logits },
    // Batch norm lets every image of a batch see all others.
    ...(options.architecture === "dcgan" && options.batchNorm ? {} : { batchGroup: 1 }),
    discriminatorLoss: ({ real, fake }) => [{ name: "adversarial", value: logisticDiscriminatorLoss(logits(real), logits(fake)), weight: 1 }],
    generatorLoss: ({ fake }) => [{ name: "adversarial", value: logisticGeneratorLoss(logits(fake)), weight: 1 }],
  };
}
