import {
  bernoulliLoss,
  createConv,
  createConvTranspose,
  createDense,
  definePlugin,
  joinWeights,
  klDivergence,
  logisticDiscriminatorLoss,
  logisticGeneratorLoss,
  splitPosterior,
  type GanPlugin,
  type ImageSpace,
  type Initializer,
  type Layer,
  type VaePlugin,
} from "@idgan/core";
import * as tf from "@tensorflow/tfjs";

const maps = 6;
const std = 0.1;
const convolution = { kernel: 4, stride: 2, pad: 1, std } as const;

/** Two convolutions: what an engine must be able to train, as small as it can be. */
export const convolutionalVae: VaePlugin<object> = definePlugin<object>({
  kind: "vae",
  name: "@idgan/convolutional-vae",
  core: "^0.1.0",
  options: {},
  build(_, { image, latentDim, init }) {
    const read = createReader(image, 2 * latentDim, init.scope("encoder"), tf.relu);
    const draw = createDrawer(image, latentDim, init.scope("decoder"));
    return {
      encoder: { latentDim, input: image, weights: read.weights, encode: (x) => splitPosterior(read.apply(x)) },
      decoder: { output: image, weights: draw.weights, decode: (c) => draw.apply(c), image: (decoded) => tf.sigmoid(decoded) },
      lossConvention: "Bernoulli cross-entropy in nats, summed over pixels and channels; KL in nats, summed over latents; both averaged over the batch",
      loss: ({ x, reconstruction, posterior }) => [
        { name: "reconstruction", value: bernoulliLoss(reconstruction, x), weight: 1 },
        { name: "kl", value: klDivergence(posterior), weight: 4 },
      ],
    };
  },
});

/** The same as a GAN, its discriminator with an activation that R1 differentiates twice. */
export const convolutionalGan: GanPlugin<object> = definePlugin<object>({
  kind: "gan",
  name: "@idgan/convolutional-gan",
  core: "^0.1.0",
  options: {},
  build(_, { image, latentDim, nuisanceDim, init }) {
    const draw = createDrawer(image, nuisanceDim + latentDim, init.scope("generator"));
    const judge = createReader(image, 1, init.scope("discriminator"), (x) => tf.leakyRelu(x, 0.2));
    const generate = (s: tf.Tensor2D, c: tf.Tensor2D) => tf.tanh(draw.apply(nuisanceDim === 0 ? c : tf.concat([s, c], 1)));
    return {
      generator: { latentDim, nuisanceDim, output: image, weights: draw.weights, generate },
      discriminator: { weights: judge.weights, logits: (x) => judge.apply(x) },
      discriminatorLoss: ({ real, fake }) => [{ name: "adversarial", value: logisticDiscriminatorLoss(judge.apply(real), judge.apply(fake)), weight: 1 }],
      generatorLoss: ({ fake }) => [{ name: "adversarial", value: logisticGeneratorLoss(judge.apply(fake)), weight: 1 }],
    };
  },
});

/** Images to vectors. */
function createReader(image: ImageSpace, outputs: number, init: Initializer, activate: (x: tf.Tensor4D) => tf.Tensor4D): Layer<tf.Tensor4D, tf.Tensor2D> {
  const flat = (image.height / 2) * (image.width / 2) * maps;
  const conv = createConv({ name: "conv", inputs: image.channels, outputs: maps, init, ...convolution });
  const dense = createDense({ name: "dense", inputs: flat, outputs, init, std });
  return { weights: joinWeights([conv, dense]), apply: (x) => dense.apply(tf.reshape(activate(conv.apply(x)), [-1, flat])) };
}

/** Vectors to logits of images. */
function createDrawer(image: ImageSpace, inputs: number, init: Initializer): Layer<tf.Tensor2D, tf.Tensor4D> {
  const [height, width] = [image.height / 2, image.width / 2];
  const dense = createDense({ name: "dense", inputs, outputs: height * width * maps, init, std });
  const conv = createConvTranspose({ name: "conv", inputs: maps, outputs: image.channels, init, ...convolution });
  return {
    weights: joinWeights([dense, conv]),
    apply: (c) => conv.apply(tf.relu(tf.reshape<tf.Rank.R4>(dense.apply(c), [c.shape[0], height, width, maps]))),
  };
}
