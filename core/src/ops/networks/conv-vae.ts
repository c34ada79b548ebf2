import * as tf from "@tensorflow/tfjs";
import type { VaeContext } from "../../contract/build-context.js";
import type { Encoder, Posterior } from "../../contract/encoder.js";
import type { Decoder } from "../../contract/vae-backbone.js";
import { createConvDecoder, createConvEncoder } from "./conv-networks.js";
import type { KernelStd } from "./layers.js";

/** The standard q(c|x): the convolutional encoder with a mean and a log variance for each latent. */
export function createVaeEncoder({ image, latentDim, init }: VaeContext, std: KernelStd = 0.02): Encoder {
  const network = createConvEncoder({ image, outputs: 2 * latentDim, init: init.scope("encoder"), std });
  return { latentDim, input: image, weights: network.weights, encode: (x) => splitPosterior(network.apply(x)) };
}

/** The standard p(x|c): the convolutional decoder, whose logits become images through a sigmoid. */
export function createVaeDecoder({ image, latentDim, init }: VaeContext, std: KernelStd = 0.02): Decoder {
  const network = createConvDecoder({ image, inputs: latentDim, init: init.scope("decoder"), std });
  return { output: image, weights: network.weights, decode: (c) => network.apply(c), image: (decoded) => tf.sigmoid(decoded) };
}

/** Reads `[batch, 2 * latentDim]` as a posterior: the means first, the log variances after them. */
export function splitPosterior(h: tf.Tensor2D): Posterior {
  const [batch, width] = h.shape;
  const latentDim = width / 2;
  return { mean: tf.slice(h, [0, 0], [batch, latentDim]), logVar: tf.slice(h, [0, latentDim], [batch, latentDim]) };
}
