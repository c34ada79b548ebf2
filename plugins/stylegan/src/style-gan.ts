import { logisticDiscriminatorLoss, logisticGeneratorLoss, type GanBackbone, type GanContext, type Generation, type Generator, type PhaseName, type PhaseStep } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import { createDiscriminator } from "./discriminator.js";
import { createGrowth, isFading, stableKey } from "./growth.js";
import { createMapping } from "./mapping.js";
import type { StyleGanOptions } from "./options.js";
import { createProgressiveGenerator } from "./progressive-generator.js";
import { resolutionsOf } from "./resolutions.js";
import { mixedStyles, mixingNoise } from "./style-mixing.js";
import { createSynthesis, layersAt } from "./synthesis.js";
import { wassersteinDiscriminatorLoss, wassersteinGeneratorLoss, wassersteinNoise } from "./wasserstein.js";

/** StyleGAN or the progressive GAN before it, growing, with either paper's loss. */
export function createStyleGan(options: StyleGanOptions, context: GanContext): GanBackbone {
  const resolutions = resolutionsOf(context.image, options.firstResolution);
  const growth = createGrowth(options, resolutions);
  const generator = options.architecture === "style" ? createStyleGenerator(options, resolutions, context) : createPlainGenerator(options, resolutions, context);
  const discriminator = createDiscriminator(options, resolutions, context);
  const { logits } = discriminator;
  const common = { generator, discriminator, growth, batchGroup: options.minibatchGroup };
  if (options.loss === "wasserstein") {
    return { ...common, noise: wassersteinNoise, discriminatorLoss: (step) => wassersteinDiscriminatorLoss(discriminator, step), generatorLoss: (step) => wassersteinGeneratorLoss(discriminator, step) };
  }
  return {
    ...common,
    discriminatorLoss: ({ real, fake, noise, phase }) => [{ name: "adversarial", value: logisticDiscriminatorLoss(logits(real, noise, phase), logits(fake, noise, phase)), weight: 1 }],
    generatorLoss: ({ fake, noise, phase }) => [{ name: "adversarial", value: logisticGeneratorLoss(logits(fake, noise, phase)), weight: 1 }],
  };
}

type AnyPhase = PhaseName & Partial<PhaseStep>;

function createStyleGenerator(options: StyleGanOptions, resolutions: readonly number[], context: GanContext): Generator {
  const { image, nuisanceDim, latentDim } = context;
  const init = context.init.scope("generator");
  const mapping = createMapping(options, { ...context, init });
  const synthesis = createSynthesis(options, resolutions, image.channels, init);
  const full: AnyPhase = { key: stableKey(image.height), resolution: image.height };
  return {
    nuisanceDim,
    latentDim,
    output: image,
    weights: { ...mapping.weights, ...mapping.statistics.weights, ...synthesis.weights },
    trained: (phase = full) => ({ ...mapping.weights, ...synthesis.weightsAt(phase.resolution, isFading(phase)) }),
    noise: (batch, { resolution } = full) => ({ ...synthesis.noise(batch, resolution), ...mixingNoise(options.mixing, batch, nuisanceDim) }),
    statistics: mapping.statistics,
    sampling: { truncates: true, mixes: nuisanceDim > 0, layers: layersAt(image.height) },
    generate(s, c, how = {}) {
      const phase: AnyPhase = how.phase ?? full;
      return handedOut(synthesis.apply(mixedStyles(mapping, options.mixing, s, c, how, layersAt(phase.resolution)), phase, how.noise), how);
    },
  };
}

function createPlainGenerator(options: StyleGanOptions, resolutions: readonly number[], context: GanContext): Generator {
  const { image, nuisanceDim, latentDim } = context;
  const network = createProgressiveGenerator(options, resolutions, { ...context, init: context.init.scope("generator") });
  const full: AnyPhase = { key: stableKey(image.height), resolution: image.height };
  return {
    nuisanceDim,
    latentDim,
    output: image,
    weights: network.weights,
    trained: (phase = full) => network.weightsAt(phase.resolution, isFading(phase)),
    generate: (s, c, how = {}) => handedOut(network.apply(s, c, how.phase ?? full), how),
  };
}

/** The last layer is linear, and training sees what it makes. Whoever looks at an image gets it within its range. */
function handedOut(image: tf.Tensor4D, { noise }: Generation): tf.Tensor4D {
  return noise === undefined ? tf.clipByValue(image, -1, 1) : image;
}
