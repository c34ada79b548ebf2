import { createStream, declareConstant, joinWeights, type GanContext, type GeneratorStatistics, type Weights } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import { createEqualisedDense } from "./equalised.js";
import { activate, mix, pixelNorm } from "./image-ops.js";
import type { StyleGanOptions } from "./options.js";

/** f: (s, c) to w, the style `[batch, styleDim]`. */
export interface Mapping {
  /** Trained; the running mean is in `statistics`. */
  readonly weights: Weights;
  readonly statistics: GeneratorStatistics;
  apply(s: tf.Tensor2D, c: tf.Tensor2D): tf.Tensor2D;
  /** w drawn towards its mean: `psi` of the way from the mean is left. */
  truncate(w: tf.Tensor2D, c: tf.Tensor2D, psi: number | tf.Scalar): tf.Tensor2D;
}

/** Learning rate of the mapping network relative to the synthesis network's (Karras et al. 2019, appendix C). */
const rate = 0.01;
/** Of the running mean of w, per update, as in the official code. */
const meanDecay = 0.995;
/** Values of s, always the same ones, whose styles are averaged for the mean of a code. */
const anchors = 64;

/** Dense layers with leaky ReLUs. s is normalised and c is not: a pixel norm over both would scale each code by the length of the nuisance beside it. */
export function createMapping({ styleDim, mappingLayers, truncation }: StyleGanOptions, { nuisanceDim, latentDim, init }: GanContext): Mapping {
  const scope = init.scope("mapping");
  const layers = Array.from({ length: mappingLayers }, (_, i) =>
    createEqualisedDense({ name: `dense${i + 1}`, inputs: i === 0 ? nuisanceDim + latentDim : styleDim, outputs: styleDim, init: scope, rate }),
  );
  const mean = scope.constant("mean", [styleDim], 0) as tf.Variable<tf.Rank.R1>;
  mean.trainable = false;
  const apply = (s: tf.Tensor2D, c: tf.Tensor2D): tf.Tensor2D => {
    const z = nuisanceDim === 0 ? c : tf.concat([pixelNorm(s), c], 1);
    return layers.reduce((h, layer) => activate(layer.apply(h)), z);
  };
  const meanOfCodes = (c: tf.Tensor2D): tf.Tensor2D => {
    if (nuisanceDim === 0) return apply(tf.zeros([c.shape[0], 0]), c);
    const [batch, width] = c.shape;
    const s = declareConstant(tf.tensor2d(createStream(0, "stylegan/anchors").normal(0, anchors * nuisanceDim), [anchors, nuisanceDim]));
    const everyS = tf.tile(s, [batch, 1]);
    const everyC = tf.reshape(tf.tile(tf.reshape(c, [batch, 1, width]), [1, anchors, 1]), [batch * anchors, width]) as tf.Tensor2D;
    return tf.mean(tf.reshape(apply(everyS, everyC), [batch, anchors, styleDim]), 1);
  };
  return {
    weights: prefixed(joinWeights(layers)),
    statistics: {
      weights: { "mapping/mean": mean },
      next: (s, c) => ({ "mapping/mean": mix(tf.mean(apply(s, c), 0), mean as tf.Tensor1D, tf.scalar(meanDecay)) }),
    },
    apply,
    truncate(w, c, psi) {
      const centre = truncation === "code" ? meanOfCodes(c) : tf.reshape(mean, [1, styleDim]);
      return tf.add(centre, tf.mul(tf.sub(w, centre), psi));
    },
  };
}

function prefixed(weights: Weights): Weights {
  return Object.fromEntries(Object.entries(weights).map(([name, weight]) => [`mapping/${name}`, weight]));
}
