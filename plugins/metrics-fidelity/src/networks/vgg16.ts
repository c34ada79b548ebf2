// VGG16: Simonyan and Zisserman 2015, https://arxiv.org/abs/1409.1556, configuration D, as https://github.com/pytorch/vision (models/vgg.py) has it.
import * as tf from "@tensorflow/tfjs";
import type { Tensors } from "../files/tensors.js";
import { LayerWeights } from "./layer-weights.js";
import { connect, convolve, normalised, type Network } from "./network.js";

/** Convolutions of each block, between which the image is halved, and their channels. */
const blocks: readonly (readonly [convolutions: number, channels: number])[] = [
  [2, 64],
  [2, 128],
  [3, 256],
  [3, 512],
  [3, 512],
];
const hiddenUnits = 4096;
const side = 224;

/** The thirteen convolutions. */
export interface Vgg16Trunk {
  readonly channels: readonly number[];
  /** Activations at the end of each block, before it is pooled. */
  activations(normalised: tf.Tensor4D): readonly tf.Tensor4D[];
  dispose(): void;
}

/** `thin` divides every number of channels, for tests: 1 is the network that was published. */
export function createVgg16Trunk(tensors: Tensors, where: string, thin = 1): Vgg16Trunk {
  const layers = new LayerWeights(tensors, where);
  let [inputs, layer] = [3, 0];
  const convolutions = blocks.map(([count, channels]) => {
    const block = Array.from({ length: count }, () => {
      const variables = layers.conv(`features.${layer}`, { inputs, outputs: channels / thin, kernel: [3, 3] });
      inputs = channels / thin;
      layer += 2; // each convolution and its ReLU count as layers
      return variables;
    });
    layer += 1; // and so does the pooling
    return block;
  });
  return {
    channels: blocks.map(([, channels]) => channels / thin),
    activations(x) {
      const taken: tf.Tensor4D[] = [];
      for (const block of convolutions) {
        const before = taken.at(-1);
        taken.push(block.reduce((hidden, variables) => convolve(hidden, variables), before === undefined ? x : tf.maxPool(before, 2, 2, "valid")));
      }
      return taken;
    },
    dispose: () => layers.dispose(),
  };
}

/** The 4096 activations of the second dense layer after its ReLU, which improved precision and recall are defined on (Kynkäänniemi 2019). */
export function createVgg16(tensors: Tensors, where: string, thin = 1): Network {
  const trunk = createVgg16Trunk(tensors, where, thin);
  const layers = new LayerWeights(tensors, where);
  const channels = trunk.channels.at(-1) ?? 0;
  const pixels = (side / 2 ** blocks.length) ** 2;
  const units = hiddenUnits / thin;
  const first = layers.dense("classifier.0", pixels * channels, units, { pixels, channels });
  const second = layers.dense("classifier.3", units, units);
  return {
    side,
    featureCount: units,
    describe(x) {
      const last = trunk.activations(normalised(x)).at(-1) as tf.Tensor4D;
      const flat = tf.reshape(tf.maxPool(last, 2, 2, "valid"), [x.shape[0], pixels * channels]) as tf.Tensor2D;
      return connect(connect(flat, first), second);
    },
    dispose() {
      trunk.dispose();
      layers.dispose();
    },
  };
}
