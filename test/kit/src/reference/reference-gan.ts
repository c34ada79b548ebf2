import {
  createDense,
  definePlugin,
  joinWeights,
  logisticDiscriminatorLoss,
  logisticGeneratorLoss,
  positiveInteger,
  type GanBackbone,
  type GanContext,
  type GanPlugin,
} from "@idgan/core";
import * as tf from "@tensorflow/tfjs";

export interface ReferenceGanOptions {
  readonly hidden: number;
}

const std = 0.2;

/** The smallest GAN that has every part of the contract: two dense networks. */
export function buildReferenceGan({ hidden }: ReferenceGanOptions, { image, latentDim, nuisanceDim, init }: GanContext): GanBackbone {
  const pixels = image.height * image.width * image.channels;
  const generatorInit = init.scope("generator");
  const unfold = createDense({ name: "unfold", inputs: nuisanceDim + latentDim, outputs: hidden, init: generatorInit, std });
  const draw = createDense({ name: "draw", inputs: hidden, outputs: pixels, init: generatorInit, std });
  const discriminatorInit = init.scope("discriminator");
  const look = createDense({ name: "look", inputs: pixels, outputs: hidden, init: discriminatorInit, std });
  const judge = createDense({ name: "judge", inputs: hidden, outputs: 1, init: discriminatorInit, std });
  const logits = (x: tf.Tensor4D) => judge.apply(tf.tanh(look.apply(tf.reshape(x, [-1, pixels]))));
  return {
    batchGroup: 1,
    generator: {
      nuisanceDim,
      latentDim,
      output: image,
      weights: joinWeights([unfold, draw]),
      generate(s, c) {
        const z = nuisanceDim === 0 ? c : tf.concat([s, c], 1);
        return tf.reshape(tf.tanh(draw.apply(tf.tanh(unfold.apply(z)))), [-1, image.height, image.width, image.channels]);
      },
    },
    discriminator: { weights: joinWeights([look, judge]), logits },
    discriminatorLoss: ({ real, fake }) => [{ name: "adversarial", value: logisticDiscriminatorLoss(logits(real), logits(fake)), weight: 1 }],
    generatorLoss: ({ fake }) => [{ name: "adversarial", value: logisticGeneratorLoss(logits(fake)), weight: 1 }],
  };
}

/** A GAN that passes every check, to start a plugin or a test from. */
export const referenceGan: GanPlugin<ReferenceGanOptions> = definePlugin<ReferenceGanOptions>({
  kind: "gan",
  name: "@idgan/reference-gan",
  core: "^0.1.0",
  options: { hidden: { doc: "Width of the one hidden layer of each network.", format: positiveInteger, default: 16 } },
  build: buildReferenceGan,
});
