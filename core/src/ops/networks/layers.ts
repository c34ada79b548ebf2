import * as tf from "@tensorflow/tfjs";
import type { Initializer, Weights } from "../../contract/weights.js";

/** A part of a network: its weights, under names that begin with its own, and what it computes. */
export interface Layer<Input extends tf.Tensor, Output extends tf.Tensor> {
  readonly weights: Weights;
  apply(x: Input): Output;
}

/**
 * Standard deviation of a kernel's first values. `he`: sqrt(2 / fan-in), which keeps the size of activations from layer to layer under ReLU
 * (He 2015, equation 10, https://arxiv.org/abs/1502.01852). Default 0.02, as DCGAN's and the official code's.
 */
export type KernelStd = number | "he";

/**
 * First values of a layer: a kernel's standard deviation, with biases of 0; or `pytorch`, that library's default for dense layers and convolutions,
 * where kernel and bias are uniform in ±1/sqrt(fan-in). Its variance is a sixth of He's.
 */
export type LayerStart = KernelStd | "pytorch";

interface LayerOptions {
  /** First part of the weights' names: `conv1` makes `conv1/kernel` and `conv1/bias`. */
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly init: Initializer;
  readonly std?: LayerStart;
  /** Default `true`; a batch norm that follows has a bias of its own. */
  readonly bias?: boolean;
}

export interface ConvOptions extends LayerOptions {
  readonly kernel: number;
  readonly stride: number;
  /** Zeros on each side, or `same`, which keeps size / stride as TensorFlow does. */
  readonly pad: number | "same";
}

/** `[batch, inputs]` to `[batch, outputs]`; the kernel is `[inputs, outputs]`. */
export function createDense(options: LayerOptions): Layer<tf.Tensor2D, tf.Tensor2D> {
  const { kernel, bias, weights } = createWeights(options, [options.inputs, options.outputs], options.inputs);
  return { weights, apply: (x) => addBias(tf.matMul(x, kernel as tf.Variable<tf.Rank.R2>), bias) };
}

/** A convolution; the kernel is `[size, size, inputs, outputs]`. */
export function createConv(options: ConvOptions): Layer<tf.Tensor4D, tf.Tensor4D> {
  const { kernel: size, inputs, outputs, stride, pad } = options;
  const { kernel, bias, weights } = createWeights(options, [size, size, inputs, outputs], size * size * inputs);
  return { weights, apply: (x) => addBias(tf.conv2d(x, kernel as tf.Variable<tf.Rank.R4>, stride, pad), bias) };
}

/** A transposed convolution that makes the image `stride` times as large; the kernel is `[size, size, outputs, inputs]`. */
export function createConvTranspose(options: ConvOptions & { readonly std?: KernelStd }): Layer<tf.Tensor4D, tf.Tensor4D> {
  const { kernel: size, inputs, outputs, stride, pad } = options;
  // Of the size * size taps, a pixel of the result is reached by one in stride * stride.
  const { kernel, bias, weights } = createWeights(options, [size, size, outputs, inputs], (size / stride) ** 2 * inputs);
  return {
    weights,
    apply: (x) => {
      const [batch, height, width] = x.shape;
      const shape: [number, number, number, number] = [batch, height * stride, width * stride, outputs];
      return addBias(tf.conv2dTranspose(x, kernel as tf.Variable<tf.Rank.R4>, shape, stride, pad), bias);
    },
  };
}

/** The weights of all `layers` in one record. */
export function joinWeights(layers: readonly { readonly weights: Weights }[]): Weights {
  return Object.assign({}, ...layers.map((layer) => layer.weights));
}

function createWeights({ name, outputs, init, std = 0.02, bias: withBias = true }: LayerOptions, shape: readonly number[], fanIn: number) {
  const scope = init.scope(name);
  const limit = 1 / Math.sqrt(fanIn);
  const kernel = std === "pytorch" ? scope.uniform("kernel", shape, limit) : scope.normal("kernel", shape, stdOf(std, fanIn));
  const createBias = () => (std === "pytorch" ? scope.uniform("bias", [outputs], limit) : scope.constant("bias", [outputs], 0));
  const bias = withBias ? createBias() : undefined;
  const weights: Weights = bias === undefined ? { [`${name}/kernel`]: kernel } : { [`${name}/kernel`]: kernel, [`${name}/bias`]: bias };
  return { kernel, bias, weights };
}

function addBias<T extends tf.Tensor>(x: T, bias: tf.Variable | undefined): T {
  return bias === undefined ? x : tf.add<T>(x, bias);
}

/** The standard deviation of a kernel each of whose results sums `fanIn` products. */
export function stdOf(std: KernelStd, fanIn: number): number {
  return std === "he" ? Math.sqrt(2 / fanIn) : std;
}
