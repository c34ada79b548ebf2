// SqueezeNet 1.1: Iandola 2016, https://arxiv.org/abs/1602.07360, as https://github.com/pytorch/vision (models/squeezenet.py) has it.
import * as tf from "@tensorflow/tfjs";
import type { Tensors } from "../files/tensors.js";
import { LayerWeights, type LayerVariables } from "./layer-weights.js";
import { convolve, normalised, poolCeil, type Network } from "./network.js";

/** Layers of `features` that are fire modules, with the channels that they squeeze to, and each half that they expand to. */
const fires: readonly (readonly [layer: number, squeeze: number, expand: number])[] = [
  [3, 16, 64],
  [4, 16, 64],
  [6, 32, 128],
  [7, 32, 128],
  [9, 48, 192],
  [10, 48, 192],
  [11, 64, 256],
  [12, 64, 256],
];
/** Layers before which the image is halved. */
const pooled: ReadonlySet<number> = new Set([3, 6, 9]);
/** Fires after which LPIPS takes the activations, beside those of the first convolution. */
const tapped: ReadonlySet<number> = new Set([4, 7, 9, 10, 11, 12]);

interface Fire {
  readonly layer: number;
  readonly squeeze: LayerVariables<tf.Rank.R4>;
  readonly expand1x1: LayerVariables<tf.Rank.R4>;
  readonly expand3x3: LayerVariables<tf.Rank.R4>;
}

/** The convolutions of the network, from `features[0]` to `features[12]`. */
export interface SqueezeNetTrunk {
  /** Activations after the first convolution and after six of the fires: of 64, 128, 256, 384, 384, 512 and 512 channels. */
  activations(normalised: tf.Tensor4D): readonly tf.Tensor4D[];
  dispose(): void;
}

export function createSqueezeNetTrunk(tensors: Tensors, where: string): SqueezeNetTrunk {
  const layers = new LayerWeights(tensors, where);
  const first = layers.conv("features.0", { inputs: 3, outputs: 64, kernel: [3, 3] });
  let inputs = 64;
  const modules = fires.map(([layer, squeeze, expand]): Fire => {
    const name = `features.${layer}`;
    const fire = {
      layer,
      squeeze: layers.conv(`${name}.squeeze`, { inputs, outputs: squeeze, kernel: [1, 1] }),
      expand1x1: layers.conv(`${name}.expand1x1`, { inputs: squeeze, outputs: expand, kernel: [1, 1] }),
      expand3x3: layers.conv(`${name}.expand3x3`, { inputs: squeeze, outputs: expand, kernel: [3, 3] }),
    };
    inputs = 2 * expand;
    return fire;
  });
  return {
    activations(x) {
      let hidden = convolve(x, first, 2);
      const taken = [hidden];
      for (const { layer, squeeze, expand1x1, expand3x3 } of modules) {
        const squeezed = convolve(pooled.has(layer) ? poolCeil(hidden) : hidden, squeeze);
        hidden = tf.concat([convolve(squeezed, expand1x1), convolve(squeezed, expand3x3)], 3);
        if (tapped.has(layer)) taken.push(hidden);
      }
      return taken;
    },
    dispose: () => layers.dispose(),
  };
}

/** The 512 channels of `features[12]`, averaged over the image. */
export function createSqueezeNet(tensors: Tensors, where: string): Network {
  const trunk = createSqueezeNetTrunk(tensors, where);
  return {
    side: 224,
    featureCount: 512,
    describe: (pixels) => tf.mean(trunk.activations(normalised(pixels)).at(-1) as tf.Tensor4D, [1, 2]),
    dispose: () => trunk.dispose(),
  };
}
