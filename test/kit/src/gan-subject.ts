import {
  batchShape,
  createHooks,
  createInitializer,
  expectGan,
  freeze,
  ganUpdate,
  signedSpace,
  type FrozenEncoder,
  type GanBackbone,
  type GanPlugin,
  type Weights,
} from "@idgan/core";
import type * as tf from "@tensorflow/tfjs";
import { fit } from "./check.js";
import { observeGan } from "./observed-terms.js";
import { referenceVae } from "./reference/reference-vae.js";
import { optionsOf, sampleNormal, samplePixels, type Sample } from "./sample.js";
import { copyWeights, scalarFeeds, type Subject } from "./subject.js";
import { buildVae, noiseFeeds } from "./vae-subject.js";

/** The official weight of the `id` term for dSprites. */
const idWeight = 1e-4;

export interface GanSubject extends Subject {
  readonly backbone: GanBackbone;
}

/** The GAN of a plugin that builds one; throws `Unfit` of any other. */
export function buildGan(plugin: GanPlugin, sample: Sample, seed = sample.seed): GanBackbone {
  const built = builtGan(plugin, sample, seed);
  return fit(() => expectGan(built, plugin.name));
}

/** Whatever the plugin builds. */
export function builtGan(plugin: GanPlugin, sample: Sample, seed = sample.seed): unknown {
  const { size, channels, latentDim, nuisanceDim } = sample;
  return plugin.build(optionsOf(plugin, sample), { image: signedSpace(size, channels), latentDim, nuisanceDim, init: createInitializer(seed) });
}

/** What surrounds a GAN in stage 2. */
export interface Lesson {
  /** By default the reference VAE's encoder. */
  readonly teacher?: FrozenEncoder;
  /** By default 0: R1 has a check of its own. */
  readonly r1Weight?: number;
}

/** A GAN with stage 2's update. */
export function createGanSubject(plugin: GanPlugin, sample: Sample, seed = sample.seed, { teacher = referenceTeacher(sample), r1Weight = 0 }: Lesson = {}): GanSubject {
  const backbone = buildGan(plugin, sample, seed);
  const { generator, discriminator } = backbone;
  const { batch, latentDim, nuisanceDim } = sample;
  const trained = { discriminator: discriminator.trained?.() ?? discriminator.weights, generator: generator.trained?.() ?? generator.weights };
  return {
    backbone,
    networks: [
      { name: "discriminator", weights: trained.discriminator, rate: "discriminatorLearningRate", total: "discriminator/total" },
      { name: "generator", weights: trained.generator, rate: "generatorLearningRate", total: "generator/total" },
    ],
    state: { ...backbone.state?.weights, ...untrained("discriminator", discriminator.weights, trained.discriminator), ...untrained("generator", generator.weights, trained.generator) },
    update: (optimize, observe) =>
      ganUpdate({
        backbone: observeGan(backbone, observe),
        teacher,
        discriminatorOptimizer: optimize("discriminator", trained.discriminator),
        generatorOptimizer: optimize("generator", trained.generator),
        average: copyWeights(generator.weights),
        averageDecay: 0.5,
        averageWarmup: false,
        code: "paired",
        idWeight,
        r1Weight,
        hooks: createHooks(),
        batch,
      }),
    feeds: (rates) => ({
      real: signedPixels(sample),
      epsilon: sampleNormal(sample, "epsilon", batch * latentDim),
      discriminatorNuisance: sampleNormal(sample, "s/discriminator", batch * nuisanceDim),
      generatorNuisance: sampleNormal(sample, "s/generator", batch * nuisanceDim),
      ...scalarFeeds(rates),
      ...noiseFeeds(sample, backbone.noise?.(batch)),
      ...noiseFeeds(sample, generator.noise?.(batch), "discriminatorNoise"),
      ...noiseFeeds(sample, generator.noise?.(batch), "generatorNoise"),
    }),
    forward: {
      name: "testkit-forward",
      inputs: { x: batchShape(generator.output, batch), s: [batch, nuisanceDim], c: [batch, latentDim] },
      run: ({ x, s, c }) => ({
        image: generator.generate(s as tf.Tensor2D, c as tf.Tensor2D),
        logits: discriminator.logits(x as tf.Tensor4D),
      }),
    },
    forwardFeeds: () => ({
      x: signedPixels(sample),
      s: sampleNormal(sample, "s", batch * nuisanceDim),
      c: sampleNormal(sample, "c", batch * latentDim),
    }),
  };
}

/** The reference VAE's encoder, frozen for a generator of the sample's images. */
export function referenceTeacher(sample: Sample): FrozenEncoder {
  const { encoder, decoder, adversary } = buildVae(referenceVae, { ...sample, options: {} });
  for (const variable of Object.values({ ...decoder.weights, ...adversary?.weights })) variable.trainable = false;
  return freeze(encoder, signedSpace(sample.size, sample.channels), "reference");
}

/** Weights that a network declares, and images of full size do not train. */
function untrained(network: string, declared: Weights, trained: Weights): Weights {
  return Object.fromEntries(Object.entries(declared).flatMap(([name, variable]) => (name in trained ? [] : [[`${network}/${name}`, variable]])));
}

/** The sample's images in [-1, 1]. */
export function signedPixels(sample: Sample): Float32Array {
  return samplePixels(sample).map((value) => 2 * value - 1);
}
