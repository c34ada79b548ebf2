import {
  batchShape,
  createHooks,
  createInitializer,
  createStream,
  expectVae,
  fillNoise,
  unitSpace,
  vaeUpdate,
  vaeWeights,
  type NoiseSpecs,
  type VaeBackbone,
  type VaePlugin,
} from "@idgan/core";
import type * as tf from "@tensorflow/tfjs";
import { fit } from "./check.js";
import { observeVae } from "./observed-terms.js";
import { optionsOf, sampleNormal, samplePixels, type Sample } from "./sample.js";
import { scalarFeeds, type Network, type Subject } from "./subject.js";

/** Images that stage 1 is said to draw from. */
const usualSize = 1000;

export interface VaeSubject extends Subject {
  readonly backbone: VaeBackbone;
}

/** The VAE of a plugin that builds one; throws `Unfit` of any other. */
export function buildVae(plugin: VaePlugin, sample: Sample, seed = sample.seed, datasetSize = usualSize): VaeBackbone {
  const built = builtVae(plugin, sample, seed, datasetSize);
  return fit(() => expectVae(built, plugin.name));
}

/** Whatever the plugin builds. */
export function builtVae(plugin: VaePlugin, sample: Sample, seed = sample.seed, datasetSize = usualSize): unknown {
  const { size, channels, latentDim } = sample;
  return plugin.build(optionsOf(plugin, sample), { image: unitSpace(size, channels), latentDim, datasetSize, init: createInitializer(seed) });
}

/** A VAE with stage 1's update. */
export function createVaeSubject(plugin: VaePlugin, sample: Sample, seed = sample.seed, datasetSize = usualSize): VaeSubject {
  const backbone = buildVae(plugin, sample, seed, datasetSize);
  const { batch, latentDim } = sample;
  const { encoder, decoder, adversary } = backbone;
  const networks: Network[] = [{ name: "VAE", weights: vaeWeights(backbone), rate: "learningRate", total: "total" }];
  if (adversary) networks.push({ name: "adversary", weights: adversary.weights, rate: "adversaryLearningRate", total: "adversary/total" });
  return {
    backbone,
    networks,
    update: (optimize, observe) =>
      vaeUpdate({
        backbone: observeVae(backbone, observe),
        optimizer: optimize("VAE", vaeWeights(backbone)),
        adversaryOptimizer: adversary && optimize("adversary", adversary.weights),
        hooks: createHooks(),
        batch,
      }),
    feeds: (rates) => ({
      x: samplePixels(sample),
      epsilon: sampleNormal(sample, "epsilon", batch * latentDim),
      ...(adversary?.secondBatch && secondFeeds(sample)),
      ...scalarFeeds(rates),
      ...noiseFeeds(sample, backbone.noise?.(batch)),
    }),
    forward: {
      name: "testkit-forward",
      inputs: { x: batchShape(encoder.input, batch), c: [batch, latentDim] },
      run({ x, c }) {
        const { mean, logVar } = encoder.encode(x as tf.Tensor4D);
        return { mean, logVar, image: decoder.image(decoder.decode(c as tf.Tensor2D)) };
      },
    },
    forwardFeeds: () => ({ x: samplePixels(sample), c: sampleNormal(sample, "c", batch * latentDim) }),
  };
}

/** The images and the noise of an adversary's second batch: other ones than the VAE's. */
function secondFeeds(sample: Sample): Record<string, Float32Array> {
  const other = { ...sample, seed: sample.seed + 1 };
  return { second: samplePixels(other), secondEpsilon: sampleNormal(other, "epsilon", sample.batch * sample.latentDim) };
}

/** Noise that a backbone declared, as the stages feed it. */
export function noiseFeeds(sample: Sample, specs: NoiseSpecs = {}, owner = "noise"): Record<string, Float32Array> {
  const drawn = Object.entries(specs).map(([name, spec]) => [`${owner}/${name}`, fillNoise(spec, createStream(sample.seed, owner === "noise" ? `testkit/${name}` : `testkit/${owner}/${name}`), 0)] as const);
  return Object.fromEntries(drawn);
}
