import type * as tf from "@tensorflow/tfjs";
import type { Step } from "../contract/engine.js";
import type { Generator } from "../contract/gan-backbone.js";
import { batchShape, type ImageSpace } from "../contract/image-space.js";
import type { Encoder } from "../contract/encoder.js";
import type { Decoder } from "../contract/vae-backbone.js";
import { bridge } from "../ops/resample.js";

/** `x` to the mean and log variance of q(c|x), each `[batch, latentDim]`. */
export function encodeStep(encoder: Encoder, batch: number): Step<"x", "mean" | "logVar"> {
  return {
    name: "encode",
    inputs: { x: batchShape(encoder.input, batch) },
    run({ x }) {
      const { mean, logVar } = encoder.encode(x as tf.Tensor4D);
      return { mean, logVar };
    },
  };
}

/** `c` to the VAE's images in [0, 1]. */
export function decodeStep(decoder: Decoder, latentDim: number, batch: number): Step<"c", "image"> {
  return {
    name: "decode",
    inputs: { c: [batch, latentDim] },
    run: ({ c }) => ({ image: inUnitRange(decoder.image(decoder.decode(c as tf.Tensor2D)), decoder.output) }),
  };
}

/** `s` and `c` to the generator's images in [0, 1]. */
export function generateStep(generator: Generator, batch: number): Step<"s" | "c", "image"> {
  return {
    name: "generate",
    inputs: { s: [batch, generator.nuisanceDim], c: [batch, generator.latentDim] },
    run: ({ s, c }) => ({ image: inUnitRange(generator.generate(s as tf.Tensor2D, c as tf.Tensor2D), generator.output) }),
  };
}

function inUnitRange(image: tf.Tensor4D, space: ImageSpace): tf.Tensor4D {
  return bridge(image, space, { ...space, range: [0, 1] });
}
