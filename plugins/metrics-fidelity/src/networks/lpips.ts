// LPIPS, version 0.1: Zhang 2018, https://arxiv.org/abs/1801.03924, equation 1, with the learned weights of https://github.com/richzhang/PerceptualSimilarity.
import * as tf from "@tensorflow/tfjs";
import type { Tensors } from "../files/tensors.js";
import { LayerWeights } from "./layer-weights.js";
import { createSqueezeNetTrunk } from "./squeezenet.js";
import { createVgg16Trunk } from "./vgg16.js";

/** How different images look to a network. */
export interface PerceptualDistance {
  /** Pixels `[batch, height, width, 3]` from -1 to 1, twice, to `[batch]`. */
  distance(a: tf.Tensor4D, b: tf.Tensor4D): tf.Tensor1D;
  dispose(): void;
}

export type LpipsBackbone = "squeezenet" | "vgg16";

/** What LPIPS subtracts and divides by, of pixels from -1 to 1. */
const scaling = { shift: [-0.03, -0.088, -0.188], scale: [0.458, 0.448, 0.45] };

/** Keeps the division of an activation that is all 0. */
const epsilon = 1e-10;

const channels: Readonly<Record<LpipsBackbone, readonly number[]>> = {
  squeezenet: [64, 128, 256, 384, 384, 512, 512],
  vgg16: [64, 128, 256, 512, 512],
};

interface WeightsFile {
  readonly tensors: Tensors;
  /** Names the file in messages. */
  readonly where: string;
}

/** LPIPS on a backbone: `linear` holds one weight for each channel that it looks at. */
export function createLpips(backbone: LpipsBackbone, network: WeightsFile, linear: WeightsFile): PerceptualDistance {
  const layers = new LayerWeights(linear.tensors, linear.where);
  const weights = channels[backbone].map((count, i) => layers.channelWeights(`lin${i}.model.1.weight`, count));
  const trunk = (backbone === "squeezenet" ? createSqueezeNetTrunk : createVgg16Trunk)(network.tensors, network.where);
  const activations = (x: tf.Tensor4D): readonly tf.Tensor4D[] => trunk.activations(tf.div(tf.sub(x, scaling.shift), scaling.scale)).map(unitLength);
  return {
    distance(a, b) {
      const [ofA, ofB] = [activations(a), activations(b)];
      const terms = weights.map((weight, i) => tf.mean<tf.Tensor1D>(tf.sum(tf.mul(tf.square(tf.sub(ofA[i] as tf.Tensor4D, ofB[i] as tf.Tensor4D)), weight), 3), [1, 2]));
      return terms.reduce((sum, term) => tf.add(sum, term));
    },
    dispose() {
      trunk.dispose();
      layers.dispose();
    },
  };
}

/** Each pixel's channels as a vector of length 1. */
function unitLength(x: tf.Tensor4D): tf.Tensor4D {
  return tf.div(x, tf.add(tf.sqrt(tf.sum(tf.square(x), 3, true)), epsilon));
}
