// Layers with an equalised learning rate. Karras et al., "Progressive growing of GANs for improved quality, stability, and variation", ICLR 2018,
// section 4.1, https://arxiv.org/abs/1710.10196: weights begin as N(0, 1), and He's constant multiplies them in every pass.
import { type Initializer, type Layer } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import { convDoubled, convHalved } from "./resampled-conv.js";

export interface EqualisedOptions {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly init: Initializer;
  /** The constant is gain / sqrt(fan-in): sqrt(2) before a leaky ReLU, 1 where none follows. Default sqrt(2). */
  readonly gain?: number;
  /** Slows the layer down by this factor, while what it computes at first stays. Default 1. */
  readonly rate?: number;
  /** Default `true`. */
  readonly bias?: boolean;
}

/** `[batch, inputs]` to `[batch, outputs]`. */
export function createEqualisedDense(options: EqualisedOptions): Layer<tf.Tensor2D, tf.Tensor2D> {
  const { weights, kernel, addBias } = createWeights(options, [options.inputs, options.outputs], options.inputs);
  return { weights, apply: (x) => addBias(tf.matMul(x, kernel() as tf.Tensor2D)) };
}

export interface EqualisedConvOptions extends EqualisedOptions {
  /** Height and width of the kernel. */
  readonly size: number;
  /** What it is one with: `double` the image before it, or `halve` what it makes. Default: neither, and the image keeps its size. */
  readonly resampled?: "double" | "halve";
}

/**
 * A convolution. Doubled before it or halved after it, an image needs it at the smaller size alone, by a kernel one pixel larger with a stride of 2: the same
 * sums, in 4/9 of the multiplications. The official code does so from 128 pixels on.
 */
export function createEqualisedConv({ size, resampled, ...options }: EqualisedConvOptions): Layer<tf.Tensor4D, tf.Tensor4D> {
  const { weights, kernel, addBias } = createWeights(options, [size, size, options.inputs, options.outputs], size * size * options.inputs);
  const apply = (x: tf.Tensor4D, filter: tf.Tensor4D): tf.Tensor4D => {
    if (resampled === "double") return convDoubled(x, filter);
    return resampled === "halve" ? convHalved(x, filter) : tf.conv2d(x, filter, 1, "same");
  };
  return { weights, apply: (x) => addBias(apply(x, kernel() as tf.Tensor4D)) };
}

function createWeights({ name, outputs, init, gain = Math.SQRT2, rate = 1, bias: withBias = true }: EqualisedOptions, shape: readonly number[], fanIn: number) {
  const scope = init.scope(name);
  const kernel = scope.normal("kernel", shape, 1 / rate);
  const bias = withBias ? scope.constant("bias", [outputs], 0) : undefined;
  const constant = (gain / Math.sqrt(fanIn)) * rate;
  return {
    weights: { [`${name}/kernel`]: kernel, ...(bias && { [`${name}/bias`]: bias }) },
    kernel: () => tf.mul(kernel, constant),
    addBias: <T extends tf.Tensor>(x: T): T => (bias === undefined ? x : tf.add<T>(x, rate === 1 ? bias : tf.mul(bias, rate))),
  };
}
