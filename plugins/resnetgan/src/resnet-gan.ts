import { describeSpace, IdganError, joinWeights, logisticDiscriminatorLoss, logisticGeneratorLoss, type GanBackbone, type GanContext, type Generator } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import { createBottleneck, drawFeatures, informationOf } from "./bottleneck.js";
import { createDiscriminator, type ResnetDiscriminator } from "./discriminator.js";
import { createGenerator } from "./generator.js";
import { base } from "./network.js";
import type { ResnetGanOptions } from "./options.js";

/** The residual networks with the logistic losses, and the bottleneck between the discriminator's two parts where it is wanted. */
export function createResnetGan(options: ResnetGanOptions, context: GanContext): GanBackbone {
  const { image, latentDim, nuisanceDim } = context;
  if (image.range[0] !== -1 || image.range[1] !== 1) {
    throw new IdganError(
      "BACKBONE_INVALID",
      `@idgan/plugin-resnetgan ends in a tanh, so it makes images in [-1, 1], not ${describeSpace(image)}. Give it a space of that range.`,
    );
  }
  const network = createGenerator(options, context);
  const generator: Generator = {
    nuisanceDim,
    latentDim,
    output: image,
    weights: network.weights,
    generate: (s, c) => tf.tanh(network.apply(nuisanceDim === 0 ? c : tf.concat([s, c], 1))),
  };
  const discriminator = createDiscriminator(options, context);
  return options.bottleneck ? narrowed(options, context, generator, discriminator) : plain(generator, discriminator);
}

function plain(generator: Generator, { trunk, head }: ResnetDiscriminator): GanBackbone {
  const logits = (x: tf.Tensor4D): tf.Tensor2D => head.apply(trunk.apply(x));
  return {
    generator,
    discriminator: { weights: joinWeights([trunk, head]), logits },
    batchGroup: 1,
    discriminatorLoss: ({ real, fake }) => [{ name: "adversarial", value: logisticDiscriminatorLoss(logits(real), logits(fake)), weight: 1 }],
    generatorLoss: ({ fake }) => [{ name: "adversarial", value: logisticGeneratorLoss(logits(fake)), weight: 1 }],
  };
}

/** Every judgement is of a sample of the features, in the generator's update and in R1 too, as in the official code. */
function narrowed(options: ResnetGanOptions, context: GanContext, generator: Generator, { trunk, head, channels }: ResnetDiscriminator): GanBackbone {
  const bottleneck = createBottleneck(options, channels, context);
  const judge = (x: tf.Tensor4D, noise: tf.Tensor | undefined) => {
    const features = bottleneck.narrow(trunk.apply(x));
    return { logits: head.apply(drawFeatures(features, noise)), information: () => informationOf(features) };
  };
  return {
    generator,
    discriminator: { weights: joinWeights([trunk, bottleneck, head]), logits: (x, noise) => judge(x, noise?.["real"]).logits },
    batchGroup: 1,
    state: {
      weights: { bottleneckWeight: bottleneck.weight },
      update(losses) {
        const information = losses["discriminator/bottleneck"];
        // A tap may have taken the term away; then there is no constraint to keep.
        if (information) bottleneck.update(information);
      },
    },
    noise: (batch) => {
      const noise = { shape: [batch, base, base, channels], distribution: "normal" } as const;
      return { real: noise, fake: noise, generator: noise };
    },
    discriminatorLoss({ real, fake, noise }) {
      const onReal = judge(real, noise["real"]);
      const onFake = judge(fake, noise["fake"]);
      const information = tf.mul<tf.Scalar>(tf.add(onReal.information(), onFake.information()), 0.5);
      return [
        { name: "adversarial", value: logisticDiscriminatorLoss(onReal.logits, onFake.logits), weight: 1 },
        { name: "bottleneck", value: information, weight: bottleneck.weight },
        { name: "bottleneckWeight", value: bottleneck.weight, weight: 0, minimise: false },
      ];
    },
    generatorLoss: ({ fake, noise }) => [{ name: "adversarial", value: logisticGeneratorLoss(judge(fake, noise["generator"]).logits), weight: 1 }],
  };
}
