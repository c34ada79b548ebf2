import { createStream, declareConstant, joinWeights, type Initializer, type Noise, type NoiseSpecs, type PhaseStep, type Weights } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import { createEqualisedConv, createEqualisedDense } from "./equalised.js";
import { isFading } from "./growth.js";
import { activate, adaptiveInstanceNorm, blur, double, mix } from "./image-ops.js";
import type { StyleGanOptions } from "./options.js";
import { base, channelsAt, scopeOf } from "./resolutions.js";

/** g: the styles of every layer to an image. */
export interface Synthesis {
  readonly weights: Weights;
  /** Those that an image of `resolution` depends on. */
  weightsAt(resolution: number, fading: boolean): Weights;
  /** One image `[batch, height, width, 1]` of normal noise for each layer. */
  noise(batch: number, resolution: number): NoiseSpecs;
  /** `styleOf` gives the style w `[batch, styleDim]` of each layer, counted from 0; noise that is missing is always the same. */
  apply(styleOf: (layer: number) => tf.Tensor2D, phase: Pick<PhaseStep, "key" | "resolution"> & Partial<PhaseStep>, noise?: Noise): tf.Tensor4D;
}

/** Layers with a style in an image of this size: two for each resolution. */
export function layersAt(resolution: number): number {
  return 2 * Math.log2(resolution / 2);
}

/** Noise, bias, leaky ReLU and style of one layer, all after its convolution. */
function createFinish(name: string, channels: number, styleDim: number, init: Initializer) {
  const scope = init.scope(name);
  const noise = scope.constant("noise", [channels], 0);
  const bias = scope.constant("bias", [channels], 0);
  const style = createEqualisedDense({ name: "style", inputs: styleDim, outputs: 2 * channels, init: scope, gain: 1 });
  const named = Object.fromEntries(Object.entries({ noise, bias, ...style.weights }).map(([part, weight]) => [`${name}/${part}`, weight]));
  return {
    weights: named,
    apply(x: tf.Tensor4D, grain: tf.Tensor, w: tf.Tensor2D): tf.Tensor4D {
      const noisy: tf.Tensor4D = tf.add(x, tf.mul(grain, noise));
      return adaptiveInstanceNorm(activate(tf.add(noisy, bias)), style.apply(w));
    },
  };
}

/** The synthesis network of StyleGAN: a learned constant, two layers for each resolution, and a 1x1 convolution to the image at each. */
export function createSynthesis(options: StyleGanOptions, resolutions: readonly number[], imageChannels: number, init: Initializer): Synthesis {
  const { styleDim } = options;
  const scope = init.scope("synthesis");
  const constantShape = [1, base, base, channelsAt(base, options)];
  const constant = (options.constant === "ones" ? scope.constant("constant", constantShape, 1) : scope.normal("constant", constantShape, 1)) as tf.Variable<tf.Rank.R4>;
  const blocks = resolutions.map((resolution) => {
    const [name, outputs] = [scopeOf(resolution), channelsAt(resolution, options)];
    const finishes = [1, 2].map((i) => createFinish(`${name}/layer${i}`, outputs, styleDim, scope));
    const up = resolution === base ? undefined : createEqualisedConv({ name: `${name}/layer1`, inputs: channelsAt(resolution / 2, options), outputs, size: 3, init: scope, bias: false, resampled: "double" });
    const conv = createEqualisedConv({ name: `${name}/layer2`, inputs: outputs, outputs, size: 3, init: scope, bias: false });
    const paint = createEqualisedConv({ name: `${name}/image`, inputs: outputs, outputs: imageChannels, size: 1, init: scope, gain: 1 });
    return { resolution, up, conv, paint, finishes, layers: joinWeights([...finishes, conv, ...(up ? [up] : [])]) };
  });
  const all = (used: (resolution: number) => boolean, painted: (resolution: number) => boolean): Weights =>
    Object.fromEntries(
      Object.entries({
        constant,
        ...joinWeights(blocks.filter(({ resolution }) => used(resolution)).map(({ layers }) => ({ weights: layers }))),
        ...joinWeights(blocks.filter(({ resolution }) => painted(resolution)).map(({ paint }) => paint)),
      }).map(([name, weight]) => [`synthesis/${name}`, weight]),
    );
  return {
    weights: all(() => true, () => true),
    weightsAt: (now, fading) => all((each) => each <= now, (each) => each === now || (fading && each === now / 2)),
    noise: (batch, now) =>
      Object.fromEntries(
        resolutions.filter((each) => each <= now).flatMap((each) => [layersAt(each) - 2, layersAt(each) - 1].map((layer) => [nameOfNoise(layer), { shape: [batch, each, each, 1], distribution: "normal" }] as const)),
      ),
    apply(styleOf, phase, noise = {}) {
      const [batch] = styleOf(0).shape;
      let x: tf.Tensor4D = tf.tile(constant, [batch, 1, 1, 1]);
      let before: tf.Tensor4D | undefined;
      for (const { resolution, up, conv, paint, finishes } of blocks.filter((block) => block.resolution <= phase.resolution)) {
        const first = layersAt(resolution) - 2;
        const finish = (h: tf.Tensor4D, i: 0 | 1) => (finishes[i] as (typeof finishes)[number]).apply(h, noise[nameOfNoise(first + i)] ?? fixedNoise(first + i, resolution), styleOf(first + i));
        if (resolution === phase.resolution && isFading(phase)) before = x;
        x = finish(up === undefined ? x : blur(up.apply(x)), 0);
        x = finish(conv.apply(x), 1);
        if (resolution < phase.resolution) continue;
        const image = paint.apply(x);
        const painter = blocks.find((block) => block.resolution === resolution / 2)?.paint;
        return before === undefined || painter === undefined ? image : mix(double(painter.apply(before)), image, phase.fadeIn ?? tf.scalar(1));
      }
      return x;
    },
  };
}

function nameOfNoise(layer: number): string {
  return `layer${layer}`;
}

/** The noise of images that are looked at: the same in all of them, so that only (s, c) tells them apart. */
function fixedNoise(layer: number, resolution: number): tf.Tensor {
  return declareConstant(tf.tensor4d(createStream(0, `stylegan/${nameOfNoise(layer)}`).normal(0, resolution ** 2), [1, resolution, resolution, 1]));
}
