// The discriminator of both papers: https://github.com/NVlabs/stylegan (training/networks_stylegan.py, D_basic), which blurs before it halves, and
// https://github.com/tkarras/progressive_growing_of_gans (networks.py, D_paper), which does not.
import { joinWeights, type Discriminator, type GanContext, type PhaseName, type PhaseStep, type Weights } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import { createEqualisedConv, createEqualisedDense } from "./equalised.js";
import { isFading, stableKey } from "./growth.js";
import { activate, blur, halve, mix, withDeviation } from "./image-ops.js";
import type { StyleGanOptions } from "./options.js";
import { base, channelsAt, scopeOf } from "./resolutions.js";

/** A 1x1 convolution from the image at each resolution, two convolutions for each, and two dense layers of the 4x4 features. */
export function createDiscriminator(options: StyleGanOptions, resolutions: readonly number[], context: GanContext): Discriminator {
  const init = context.init.scope("discriminator");
  const blurred = options.architecture === "style";
  const narrowest = channelsAt(base, options);
  const readers = resolutions.map((resolution) => createEqualisedConv({ name: `${scopeOf(resolution)}/image`, inputs: context.image.channels, outputs: channelsAt(resolution, options), size: 1, init }));
  const blocks = resolutions.filter((resolution) => resolution > base).map((resolution) => {
    const [name, inputs] = [scopeOf(resolution), channelsAt(resolution, options)];
    const first = createEqualisedConv({ name: `${name}/conv1`, inputs, outputs: inputs, size: 3, init });
    // Its bias is added to the smaller image.
    const second = createEqualisedConv({ name: `${name}/conv2`, inputs, outputs: channelsAt(resolution / 2, options), size: 3, init, bias: false, resampled: "halve" });
    const bias = init.scope(`${name}/conv2`).constant("bias", [channelsAt(resolution / 2, options)], 0);
    return { resolution, weights: { ...joinWeights([first, second]), [`${name}/conv2/bias`]: bias }, apply(x: tf.Tensor4D): tf.Tensor4D {
      const h = activate(first.apply(x));
      return activate(tf.add(second.apply(blurred ? blur(h) : h), bias));
    } };
  });
  const told = options.minibatchGroup > 1;
  const conv = createEqualisedConv({ name: "4x4/conv", inputs: narrowest + (told ? 1 : 0), outputs: narrowest, size: 3, init });
  const hidden = createEqualisedDense({ name: "4x4/dense1", inputs: base * base * narrowest, outputs: channelsAt(base / 2, options), init });
  const judge = createEqualisedDense({ name: "4x4/dense2", inputs: channelsAt(base / 2, options), outputs: 1, init, gain: 1 });
  const readerAt = (resolution: number) => readers[resolutions.indexOf(resolution)] as (typeof readers)[number];
  const full: PhaseName = { key: stableKey(context.image.height), resolution: context.image.height };
  const head = [conv, hidden, judge];
  const trained = (phase: PhaseName = full): Weights =>
    joinWeights([...head, readerAt(phase.resolution), ...(isFading(phase) ? [readerAt(phase.resolution / 2)] : []), ...blocks.filter(({ resolution }) => resolution <= phase.resolution)]);
  return {
    weights: joinWeights([...head, ...readers, ...blocks]),
    trained,
    logits(x, _, phase: PhaseName & Partial<PhaseStep> = full) {
      const read = (image: tf.Tensor4D): tf.Tensor4D => activate(readerAt(image.shape[1]).apply(image));
      let h = read(x);
      for (const block of blocks.filter(({ resolution }) => resolution <= phase.resolution).toReversed()) {
        h = block.apply(h);
        if (block.resolution === phase.resolution && isFading(phase)) h = mix(read(halve(x)), h, phase.fadeIn ?? tf.scalar(1));
      }
      const features = activate(conv.apply(told ? withDeviation(h, options.minibatchGroup) : h));
      return judge.apply(activate(hidden.apply(tf.reshape(features, [x.shape[0], base * base * narrowest]))));
    },
  };
}
