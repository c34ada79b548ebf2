// DCGAN. Radford, Metz and Chintala, "Unsupervised representation learning with deep convolutional generative adversarial networks",
// ICLR 2016, https://arxiv.org/abs/1511.06434; widths and initial values as in https://github.com/Newmu/dcgan_code (faces).
import { createConv, createConvTranspose, createDense, describeSpace, IdganError, joinWeights, type GanContext, type ImageSpace } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import { createBatchNorm } from "./batch-norm.js";
import type { Pair } from "./dcgan.js";
import type { DcganOptions } from "./options.js";

const base = 4;
const convolution = { kernel: 5, stride: 2, pad: "same" } as const;
const slope = 0.2;

/** 5x5 kernels of stride 2 between 4x4 and the image; no batch norm beside the image, as in the paper. */
export function createRadfordPair(options: DcganOptions, context: GanContext): Pair {
  const channels = channelsOf(options.width, context.image);
  return { generator: createGenerator(options, context, channels), discriminator: createDiscriminator(options, context, channels) };
}

function createGenerator({ batchNorm }: DcganOptions, context: GanContext, channels: readonly number[]): Pair["generator"] {
  const { image, nuisanceDim, latentDim } = context;
  const init = context.init.scope("generator");
  const widths = channels.toReversed();
  const first = widths[0] ?? 0;
  const dense = createDense({ name: "dense", inputs: nuisanceDim + latentDim, outputs: base * base * first, init, bias: !batchNorm });
  const convs = widths.map((inputs, i) => {
    const outputs = widths[i + 1];
    // The last has a bias: nothing after it would add one.
    return createConvTranspose({ name: `conv${i + 1}`, inputs, outputs: outputs ?? image.channels, init, bias: !batchNorm || outputs === undefined, ...convolution });
  });
  const norms = batchNorm ? widths.map((width, i) => createBatchNorm(`norm${i + 1}`, width, init)) : [];
  return {
    weights: joinWeights([dense, ...convs, ...norms]),
    apply(z) {
      const [batch] = z.shape;
      const maps: tf.Tensor4D = tf.reshape(dense.apply(z), [batch, base, base, first]);
      return convs.reduce((h, conv, i) => conv.apply(tf.relu(norms[i]?.apply(h) ?? h)), maps);
    },
  };
}

function createDiscriminator({ batchNorm }: DcganOptions, context: GanContext, channels: readonly number[]): Pair["discriminator"] {
  const init = context.init.scope("discriminator");
  const blocks = channels.map((outputs, i) => {
    const normed = batchNorm && i > 0;
    const conv = createConv({ name: `conv${i + 1}`, inputs: channels[i - 1] ?? context.image.channels, outputs, init, bias: !normed, ...convolution });
    return { conv, norm: normed ? createBatchNorm(`norm${i + 1}`, outputs, init) : undefined };
  });
  const flat = base * base * (channels.at(-1) ?? 0);
  const dense = createDense({ name: "dense", inputs: flat, outputs: 1, init });
  return {
    weights: joinWeights([...blocks.flatMap(({ conv, norm }) => (norm === undefined ? [conv] : [conv, norm])), dense]),
    apply(x) {
      const [batch] = x.shape;
      const maps = blocks.reduce<tf.Tensor4D>((h, { conv, norm }) => {
        const convolved = conv.apply(h);
        return tf.leakyRelu(norm?.apply(convolved) ?? convolved, slope);
      }, x);
      return dense.apply(tf.reshape(maps, [batch, flat]));
    },
  };
}

/** Channels after each halving: `width`, doubled each time up to eight times as many. 64x64 gives 128, 256, 512, 1024. */
function channelsOf(width: number, image: ImageSpace): number[] {
  const halvings = Math.log2(image.height / base);
  if (image.height !== image.width || !Number.isInteger(halvings) || halvings < 1) {
    throw new IdganError(
      "BACKBONE_INVALID",
      `DCGAN makes square images of 8, 16, 32, 64, 128 … pixels, not ${describeSpace(image)}. Set gan.size to one of these.`,
    );
  }
  return Array.from({ length: halvings }, (_, i) => width * Math.min(2 ** i, 8));
}
