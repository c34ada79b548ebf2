// Style mixing. Karras et al., "A style-based generator architecture for generative adversarial networks", CVPR 2019, section 3.1,
// https://arxiv.org/abs/1812.04948; here of s alone, so that an image has one code.
import type { Generation, NoiseSpecs } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import type { Mapping } from "./mapping.js";

/** In training: another s for each image, and two numbers that say whether and from which layer on it is taken. */
export function mixingNoise(probability: number, batch: number, nuisanceDim: number): NoiseSpecs {
  if (probability === 0 || nuisanceDim === 0) return {};
  return { mixedNuisance: { shape: [batch, nuisanceDim], distribution: "normal" }, mixing: { shape: [batch, 2], distribution: "uniform" } };
}

/** The style of each of `layers`: of s, of another s from some layer on, and truncated, as `how` says. */
export function mixedStyles(mapping: Mapping, probability: number, s: tf.Tensor2D, c: tf.Tensor2D, { noise = {}, controls = {} }: Generation, layers: number): (layer: number) => tf.Tensor2D {
  const own = mapping.apply(s, c);
  const { truncation, truncatedLayers = layers, mixing } = controls;
  const settle = (w: tf.Tensor2D): ((layer: number) => tf.Tensor2D) => {
    if (truncation === undefined) return () => w;
    const near = mapping.truncate(w, c, truncation);
    return (layer) => (layer < truncatedLayers ? near : w);
  };
  const ownAt = settle(own);
  if (mixing) {
    const otherAt = settle(mapping.apply(mixing.s, c));
    return (layer) => (layer < mixing.from ? ownAt(layer) : otherAt(layer));
  }
  const [another, drawn] = [noise["mixedNuisance"] as tf.Tensor2D | undefined, noise["mixing"] as tf.Tensor2D | undefined];
  if (another === undefined || drawn === undefined || layers < 2) return ownAt;
  const other = mapping.apply(another, c);
  const [whether, where] = tf.split(drawn, 2, 1) as [tf.Tensor2D, tf.Tensor2D];
  // The first layer that takes the other style: any but the first of all.
  const from = tf.add(tf.floor(tf.mul(where, layers - 1)), 1);
  const mixed = tf.less(whether, probability);
  return (layer) => {
    const taken = tf.cast(tf.logicalAnd(mixed, tf.lessEqual(from, layer)), "float32");
    return tf.add(own, tf.mul(tf.sub(other, own), taken));
  };
}
