import type * as tf from "@tensorflow/tfjs";
import type { ImageSpace } from "./image-space.js";
import type { Weights } from "./weights.js";

/** Diagonal Gaussian q(c|x), each tensor `[batch, latentDim]`. */
export interface Posterior {
  readonly mean: tf.Tensor2D;
  readonly logVar: tf.Tensor2D;
}

/** q(c|x), differentiable with respect to `x` whether or not its weights are trained. */
export interface Encoder {
  readonly latentDim: number;
  readonly input: ImageSpace;
  readonly weights: Weights;
  /** `[batch, height, width, channels]` in `input` to q(c|x). */
  encode(x: tf.Tensor4D): Posterior;
}

declare const frozen: unique symbol;

/** An encoder that passed `freeze()`: nothing trains it, and it takes images of the generator's space. */
export interface FrozenEncoder extends Encoder {
  readonly [frozen]: true;
  /** The space behind the bridge, in which the encoder was trained. */
  readonly native: ImageSpace;
  /** SHA-256 over names, shapes and bytes of the weights at the time of freezing. */
  readonly hash: string;
}
