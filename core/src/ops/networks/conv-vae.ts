import * as tf from "@tensorflow/tfjs";
import type { VaeContext } from "../../contract/build-context.js";
import type { Encoder, Posterior } from "../../contract/encoder.js";
import type { LossTerm } from "../../contract/loss-term.js";
import type { Decoder, VaeStep } from "../../contract/vae-backbone.js";
import { bernoulliLoss, gaussianLoss, type PixelReduction } from "../losses/reconstruction.js";
import { createConvDecoder, createConvEncoder } from "./conv-networks.js";
import type { KernelStd } from "./layers.js";

/** What the VAEs with the standard networks have in common. */
export interface ConvVaeOptions {
  /** `bernoulli`: cross-entropy of the pixels; `gaussian`: squared error of sigmoid(logits). */
  readonly decoder: "bernoulli" | "gaussian";
  readonly reduction: PixelReduction;
  /** Before each ReLU. `he`: He's; `official`: N(0, 0.02). */
  readonly initialisation: "he" | "official";
}

/** The standard networks and their reconstruction: a VAE but for the regularizer. */
export interface ConvVae {
  readonly encoder: Encoder;
  readonly decoder: Decoder;
  /** The term `reconstruction`, of weight 1. */
  reconstructionTerm(step: Pick<VaeStep, "x" | "reconstruction">): LossTerm;
  /** How the reconstruction is summed and averaged, the first part of a `lossConvention`. */
  readonly reconstructionConvention: string;
}

const reconstructions = {
  bernoulli: { loss: bernoulliLoss, convention: "Bernoulli cross-entropy in nats" },
  gaussian: { loss: gaussianLoss, convention: "squared error of sigmoid(logits) without a factor 1/2" },
};

const reductions = { sum: "summed over pixels and channels", mean: "averaged over pixels and channels" };

/** The standard encoder and decoder, and the reconstruction that the options choose. */
export function createConvVae({ decoder, reduction, initialisation }: ConvVaeOptions, context: VaeContext): ConvVae {
  const std = initialisation === "he" ? "he" : 0.02;
  const { loss, convention } = reconstructions[decoder];
  return {
    encoder: createVaeEncoder(context, std),
    decoder: createVaeDecoder(context, std),
    reconstructionTerm: ({ x, reconstruction }) => ({ name: "reconstruction", value: loss(reconstruction, x, reduction), weight: 1 }),
    reconstructionConvention: `${convention}, ${reductions[reduction]}, averaged over the batch`,
  };
}

/** The standard q(c|x): the convolutional encoder with a mean and a log variance for each latent. */
export function createVaeEncoder({ image, latentDim, init }: VaeContext, std: KernelStd = 0.02): Encoder {
  const network = createConvEncoder({ image, outputs: 2 * latentDim, init: init.scope("encoder"), std, sizeKey: "vae.size" });
  return { latentDim, input: image, weights: network.weights, encode: (x) => splitPosterior(network.apply(x)) };
}

/** The standard p(x|c): the convolutional decoder, whose logits become images through a sigmoid. */
export function createVaeDecoder({ image, latentDim, init }: VaeContext, std: KernelStd = 0.02): Decoder {
  const network = createConvDecoder({ image, inputs: latentDim, init: init.scope("decoder"), std, sizeKey: "vae.size" });
  return { output: image, weights: network.weights, decode: (c) => network.apply(c), image: (decoded) => tf.sigmoid(decoded) };
}

/** Reads `[batch, 2 * latentDim]` as a posterior: the means first, the log variances after them. */
export function splitPosterior(h: tf.Tensor2D): Posterior {
  const [batch, width] = h.shape;
  const latentDim = width / 2;
  return { mean: tf.slice(h, [0, 0], [batch, latentDim]), logVar: tf.slice(h, [0, latentDim], [batch, latentDim]) };
}
