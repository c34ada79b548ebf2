import * as tf from "@tensorflow/tfjs";
import type { Encoder, FrozenEncoder } from "../contract/encoder.js";
import type { ImageSpace } from "../contract/image-space.js";
import { bridge } from "../ops/resample.js";
import { attributed } from "../trace/attributed.js";
import { nameOf } from "../trace/maker.js";
import { expectPosterior } from "./posterior.js";

/** The only maker of a `FrozenEncoder` for training: `encoder` with its weights no longer trainable, taking images of the generator's space. */
export function freeze(encoder: Encoder, generatorSpace: ImageSpace, hash: string): FrozenEncoder {
  for (const variable of Object.values(encoder.weights)) variable.trainable = false;
  return frozenView(encoder, generatorSpace, hash);
}

/**
 * What `freeze` makes, of an encoder that is still to be trained: for tracing stage 2 before stage 1.
 * The bridge between the spaces is part of it, so that q(c|G(s,c)) is differentiable from the generator's pixels to the code.
 */
export function frozenView(encoder: Encoder, generatorSpace: ImageSpace, hash: string): FrozenEncoder {
  const name = nameOf("the frozen encoder", encoder);
  const frozen: Omit<FrozenEncoder, keyof { readonly [key: symbol]: true }> = Object.freeze({
    latentDim: encoder.latentDim,
    input: generatorSpace,
    native: encoder.input,
    weights: encoder.weights,
    hash,
    encode: (x: tf.Tensor4D) => expectPosterior(attributed(name, "BACKBONE_INVALID", () => encoder.encode(bridge(x, generatorSpace, encoder.input))), name),
  });
  return frozen as FrozenEncoder;
}
