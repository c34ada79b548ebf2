import * as tf from "@tensorflow/tfjs";
import { IdganError } from "@idgan/core";
import type { Tensors } from "../files/tensors.js";

export interface ConvShape {
  readonly inputs: number;
  readonly outputs: number;
  /** Height and width. */
  readonly kernel: readonly [number, number];
}

/** A convolution's or a dense layer's numbers, ready for tfjs. */
export interface LayerVariables<Rank extends tf.Rank> {
  readonly kernel: tf.Variable<Rank>;
  readonly bias: tf.Variable<tf.Rank.R1>;
}

/** Added to the variance, as TensorFlow's Inception was trained with. */
const epsilon = 1e-3;

/** Takes the layers of a network out of a file of weights under PyTorch's names, and turns them to tfjs's order. Whatever lacks or has another shape is refused. */
export class LayerWeights {
  readonly #tensors: Tensors;
  readonly #where: string;
  readonly #variables: tf.Variable[] = [];

  /** `where` names the file in messages. */
  constructor(tensors: Tensors, where: string) {
    this.#tensors = tensors;
    this.#where = where;
  }

  /** `name.weight` `[out, in, height, width]` and `name.bias`. */
  conv(name: string, shape: ConvShape): LayerVariables<tf.Rank.R4> {
    return this.#conv(this.#read(`${name}.weight`, kernelShape(shape)), this.#read(`${name}.bias`, [shape.outputs]), shape);
  }

  /** `name.conv.weight` without a bias and the batch normalisation `name.bn` by running statistics, as one convolution: both are linear. */
  convWithNorm(name: string, shape: ConvShape): LayerVariables<tf.Rank.R4> {
    const { outputs } = shape;
    const kernel = this.#read(`${name}.conv.weight`, kernelShape(shape));
    const [gain, shift, mean, variance] = ["weight", "bias", "running_mean", "running_var"].map((part) => this.#read(`${name}.bn.${part}`, [outputs])) as [Float32Array, Float32Array, Float32Array, Float32Array];
    const scale = gain.map((value, i) => value / Math.sqrt((variance[i] ?? 0) + epsilon));
    const taps = kernel.length / outputs;
    return this.#conv(kernel.map((value, i) => value * (scale[Math.floor(i / taps)] ?? 0)), shift.map((value, i) => value - (mean[i] ?? 0) * (scale[i] ?? 0)), shape);
  }

  /** `name.weight` `[out, in]` and `name.bias`. With `image`, the inputs are an image's, which PyTorch flattens channel by channel and tfjs pixel by pixel. */
  dense(name: string, inputs: number, outputs: number, image?: { readonly pixels: number; readonly channels: number }): LayerVariables<tf.Rank.R2> {
    const given = this.#read(`${name}.weight`, [outputs, inputs]);
    const bias = this.#read(`${name}.bias`, [outputs]);
    const { pixels, channels } = image ?? { pixels: 1, channels: inputs };
    const kernel = new Float32Array(given.length);
    for (let out = 0; out < outputs; out += 1) {
      for (let channel = 0; channel < channels; channel += 1) {
        for (let pixel = 0; pixel < pixels; pixel += 1) kernel[(pixel * channels + channel) * outputs + out] = given[out * inputs + channel * pixels + pixel] ?? 0;
      }
    }
    return { kernel: this.#variable(kernel, [inputs, outputs]), bias: this.#variable(bias, [outputs]) };
  }

  /** One weight a channel, `[1, channels, 1, 1]`. */
  channelWeights(name: string, channels: number): tf.Variable<tf.Rank.R1> {
    return this.#variable(this.#read(name, [1, channels, 1, 1]), [channels]);
  }

  dispose(): void {
    for (const variable of this.#variables.splice(0)) variable.dispose();
  }

  #conv(kernel: Float32Array, bias: Float32Array, { inputs, outputs, kernel: [height, width] }: ConvShape): LayerVariables<tf.Rank.R4> {
    const turned = new Float32Array(kernel.length);
    const area = height * width;
    for (let i = 0; i < kernel.length; i += 1) {
      const [out, input, place] = [Math.floor(i / (area * inputs)), Math.floor(i / area) % inputs, i % area];
      turned[(place * inputs + input) * outputs + out] = kernel[i] ?? 0;
    }
    return { kernel: this.#variable(turned, [height, width, inputs, outputs]), bias: this.#variable(bias, [outputs]) };
  }

  #read(name: string, shape: readonly number[]): Float32Array {
    const tensor = this.#tensors.get(name);
    const found = tensor === undefined ? "nothing" : `[${tensor.shape.join(", ")}]`;
    if (tensor === undefined || tensor.shape.join() !== shape.join()) {
      throw new IdganError("METRIC_INPUT", `${this.#where} has another layout: under ${name} it holds ${found}, and this network needs [${shape.join(", ")}]. Name the file that its project publishes for this network.`);
    }
    return tensor.read();
  }

  #variable<Rank extends tf.Rank>(values: Float32Array, shape: readonly number[]): tf.Variable<Rank> {
    const variable = tf.tidy(() => tf.variable(tf.tensor(values, [...shape], "float32"), false));
    this.#variables.push(variable);
    return variable as tf.Variable<Rank>;
  }
}

function kernelShape({ inputs, outputs, kernel }: ConvShape): readonly number[] {
  return [outputs, inputs, ...kernel];
}
