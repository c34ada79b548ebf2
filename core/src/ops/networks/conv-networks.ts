// The convolutional encoder and decoder of the official ID-GAN code, https://github.com/1Konny/idgan (gan_training/dvae/dvae.py):
// 4x4 kernels, ReLU, weights N(0, 0.02), or He's before each ReLU, biases 0. Other sizes have one layer of 32 channels less or more at the image's end.
import * as tf from "@tensorflow/tfjs";
import { IdganError } from "../../contract/error.js";
import { describeSpace, type ImageSpace } from "../../contract/image-space.js";
import type { Initializer, Weights } from "../../contract/weights.js";
import { createConv, createConvTranspose, createDense, joinWeights, stdOf, type KernelStd } from "./layers.js";

/** Channels between the 4x4 image and the vectors. */
const hidden = 256;
const base = 4;

export type SizeKey = "vae.size" | "gan.size";

export interface ConvEncoderOptions {
  readonly image: ImageSpace;
  readonly outputs: number;
  readonly init: Initializer;
  /** Of every layer but the last, which is N(0, 0.02). */
  readonly std?: KernelStd;
  /** Key of the config that sets the image's size, for messages. */
  readonly sizeKey?: SizeKey;
}

export interface ConvEncoder {
  readonly weights: Weights;
  /** `[batch, height, width, channels]` to `[batch, outputs]`. */
  apply(x: tf.Tensor4D): tf.Tensor2D;
}

export interface ConvDecoderOptions {
  readonly image: ImageSpace;
  readonly inputs: number;
  readonly init: Initializer;
  /** Of every layer but the last, which is N(0, 0.02). */
  readonly std?: KernelStd;
  /** Key of the config that sets the image's size, for messages. */
  readonly sizeKey?: SizeKey;
}

export interface ConvDecoder {
  readonly weights: Weights;
  /** `[batch, inputs]` to logits, `[batch, height, width, channels]`. */
  apply(c: tf.Tensor2D): tf.Tensor4D;
}

/** Images to vectors: halved down to 4x4, then 256 features, then `outputs`. */
export function createConvEncoder({ image, outputs, init, std = 0.02, sizeKey }: ConvEncoderOptions): ConvEncoder {
  const channels = channelsOf(image, sizeKey);
  const convs = channels.map((to, i) =>
    createConv({ name: `conv${i + 1}`, inputs: channels[i - 1] ?? image.channels, outputs: to, kernel: 4, stride: 2, pad: 1, init, std }),
  );
  const last = channels.at(-1) ?? 0;
  // A 4x4 convolution of a 4x4 image is a dense layer; as a matrix product its gradients are cheap. Same parameters, same order in memory.
  const features = createDense({ name: `conv${channels.length + 1}`, inputs: base * base * last, outputs: hidden, init, std });
  const head = createDense({ name: "dense", inputs: hidden, outputs, init });
  return {
    weights: joinWeights([...convs, features, head]),
    apply(x) {
      const [batch] = x.shape;
      const maps = convs.reduce<tf.Tensor4D>((h, conv) => tf.relu(conv.apply(h)), x);
      return head.apply(tf.relu(features.apply(tf.reshape(maps, [batch, base * base * last]))));
    },
  };
}

/** Vectors to images: the encoder's mirror. */
export function createConvDecoder({ image, inputs, init, std = 0.02, sizeKey }: ConvDecoderOptions): ConvDecoder {
  const channels = channelsOf(image, sizeKey).toReversed();
  const first = channels[0] ?? 0;
  const features = createDense({ name: "dense", inputs, outputs: hidden, init, std });
  const scope = init.scope("conv1");
  const kernel = scope.normal("kernel", [base * base * first, hidden], stdOf(std, hidden)) as tf.Variable<tf.Rank.R2>;
  const bias = scope.constant("bias", [first], 0);
  const convs = channels.map((from, i) =>
    createConvTranspose({
      name: `conv${i + 2}`,
      inputs: from,
      outputs: channels[i + 1] ?? image.channels,
      kernel: 4,
      stride: 2,
      pad: 1,
      init,
      // A last layer has no ReLU behind it, and should begin near 0: a grey image, not noise.
      std: i === channels.length - 1 ? 0.02 : std,
    }),
  );
  return {
    weights: { ...features.weights, "conv1/kernel": kernel, "conv1/bias": bias, ...joinWeights(convs) },
    apply(c) {
      const [batch] = c.shape;
      // The transposed 4x4 convolution of a 1x1 image, as a matrix product.
      const spread = tf.reshape(tf.matMul(tf.relu(features.apply(c)), kernel, false, true), [batch, base, base, first]);
      return convs.reduce<tf.Tensor4D>((h, conv) => conv.apply(tf.relu(h)), tf.add(spread, bias));
    },
  };
}

/** Channels after each halving: 64 at the two nearest to 4x4, 32 before. 64x64 gives the official 32, 32, 64, 64. */
function channelsOf(image: ImageSpace, sizeKey: SizeKey | undefined): number[] {
  const halvings = Math.log2(image.height / base);
  if (image.height !== image.width || !Number.isInteger(halvings) || halvings < 1) {
    throw new IdganError(
      "BACKBONE_INVALID",
      `The convolutional networks take square images of 8, 16, 32, 64, 128 … pixels, not ${describeSpace(image)}. Set ${sizeKey ?? "vae.size or gan.size"} to one of these.`,
    );
  }
  return Array.from({ length: halvings }, (_, i) => (i < halvings - 2 ? 32 : 64));
}
