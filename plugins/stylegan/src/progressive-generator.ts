// The generator of Karras et al., "Progressive growing of GANs for improved quality, stability, and variation", ICLR 2018, table 2,
// https://arxiv.org/abs/1710.10196; code: https://github.com/tkarras/progressive_growing_of_gans (networks.py, G_paper).
import { joinWeights, type GanContext, type PhaseStep, type Weights } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import { createEqualisedConv, createEqualisedDense } from "./equalised.js";
import { isFading } from "./growth.js";
import { activate, double, mix, pixelNorm } from "./image-ops.js";
import type { StyleGanOptions } from "./options.js";
import { base, channelsAt, scopeOf } from "./resolutions.js";

export interface ProgressiveGenerator {
  readonly weights: Weights;
  weightsAt(resolution: number, fading: boolean): Weights;
  apply(s: tf.Tensor2D, c: tf.Tensor2D, phase: Pick<PhaseStep, "key" | "resolution"> & Partial<PhaseStep>): tf.Tensor4D;
}

/** z at the first layer, two convolutions for each resolution, pixel norm after each; of z = (s, c) s alone is normalised, as in the mapping network. */
export function createProgressiveGenerator(options: StyleGanOptions, resolutions: readonly number[], { nuisanceDim, latentDim, image, init }: GanContext): ProgressiveGenerator {
  const widest = channelsAt(base, options);
  const dense = createEqualisedDense({ name: "dense", inputs: nuisanceDim + latentDim, outputs: base * base * widest, init, gain: Math.SQRT2 / 4 });
  const blocks = resolutions.map((resolution) => {
    const [name, inputs, outputs] = [scopeOf(resolution), channelsAt(Math.max(base, resolution / 2), options), channelsAt(resolution, options)];
    const first = resolution === base ? undefined : createEqualisedConv({ name: `${name}/conv1`, inputs, outputs, size: 3, init, resampled: "double" });
    const second = createEqualisedConv({ name: `${name}/conv2`, inputs: outputs, outputs, size: 3, init });
    const paint = createEqualisedConv({ name: `${name}/image`, inputs: outputs, outputs: image.channels, size: 1, init, gain: 1 });
    return { resolution, first, second, paint };
  });
  const all = (used: (resolution: number) => boolean, painted: (resolution: number) => boolean): Weights =>
    joinWeights([dense, ...blocks.flatMap(({ resolution, first, second, paint }) => [...(used(resolution) ? [...(first ? [first] : []), second] : []), ...(painted(resolution) ? [paint] : [])])]);
  const settle = (x: tf.Tensor4D): tf.Tensor4D => pixelNorm(activate(x));
  return {
    weights: all(() => true, () => true),
    weightsAt: (now, fading) => all((each) => each <= now, (each) => each === now || (fading && each === now / 2)),
    apply(s, c, phase) {
      const [batch] = c.shape;
      const z = nuisanceDim === 0 ? c : tf.concat([pixelNorm(s), c], 1);
      let x = settle(tf.reshape(dense.apply(z), [batch, base, base, widest]));
      let before = x;
      for (const { resolution, first, second } of blocks.filter((block) => block.resolution <= phase.resolution)) {
        before = x;
        if (first) x = settle(first.apply(x));
        x = settle(second.apply(x));
        if (resolution === phase.resolution) break;
      }
      const painterAt = (resolution: number) => (blocks.find((block) => block.resolution === resolution) as (typeof blocks)[number]).paint;
      const made = painterAt(phase.resolution).apply(x);
      return isFading(phase) ? mix(double(painterAt(phase.resolution / 2).apply(before)), made, phase.fadeIn ?? tf.scalar(1)) : made;
    },
  };
}
