import type * as tf from "@tensorflow/tfjs";
import type { Step } from "../contract/engine.js";
import type { Generator, SamplingControls } from "../contract/gan-backbone.js";
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

/** Controls that are the same for every image of a picture. */
export type FixedControls = Pick<SamplingControls, "truncation" | "truncatedLayers">;

/** `s` and `c` to the generator's images in [0, 1]. */
export function generateStep(generator: Generator, batch: number, controls?: FixedControls): Step<"s" | "c", "image"> {
  const how = controls === undefined ? undefined : { controls };
  return {
    name: "generate",
    inputs: { s: [batch, generator.nuisanceDim], c: [batch, generator.latentDim] },
    run: ({ s, c }) => ({ image: inUnitRange(generator.generate(s as tf.Tensor2D, c as tf.Tensor2D, how), generator.output) }),
  };
}

/** The same, with the styles of another nuisance `mixed` from layer `from` on. */
export function mixStep(generator: Generator, batch: number, from: number, controls: FixedControls = {}): Step<"s" | "c" | "mixed", "image"> {
  return {
    name: "mix",
    inputs: { s: [batch, generator.nuisanceDim], c: [batch, generator.latentDim], mixed: [batch, generator.nuisanceDim] },
    run: ({ s, c, mixed }) => ({ image: inUnitRange(generator.generate(s as tf.Tensor2D, c as tf.Tensor2D, { controls: { ...controls, mixing: { s: mixed as tf.Tensor2D, from } } }), generator.output) }),
  };
}

function inUnitRange(image: tf.Tensor4D, space: ImageSpace): tf.Tensor4D {
  return bridge(image, space, { ...space, range: [0, 1] });
}
