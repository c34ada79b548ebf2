// The networks that the official ID-GAN code trains on dSprites, https://github.com/1Konny/idgan (configs/dsprites.yaml):
// the VAE's decoder before a tanh, and its encoder with one output; ReLU in both.
import { createConvDecoder, createConvEncoder, type GanContext } from "@idgan/core";
import type { Pair } from "./dcgan.js";
import type { DcganOptions } from "./options.js";

export function createOfficialPair({ initialisation }: DcganOptions, { image, latentDim, nuisanceDim, init }: GanContext): Pair {
  const std = initialisation === "he" ? "he" : 0.02;
  return {
    generator: createConvDecoder({ image, inputs: nuisanceDim + latentDim, init: init.scope("generator"), std, sizeKey: "gan.size" }),
    discriminator: createConvEncoder({ image, outputs: 1, init: init.scope("discriminator"), std, sizeKey: "gan.size" }),
  };
}
