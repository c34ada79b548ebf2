// Inception-v3: Szegedy 2015, https://arxiv.org/abs/1512.00567, as TensorFlow's graph of 2015-12-05 computes it, on which FID is defined (Heusel 2017).
// That graph differs from torchvision's network in its pooling: averages leave the margin out of the count, and the last block takes the largest.
// The weights are those of https://github.com/mseitzer/pytorch-fid, whose names the file has.
import * as tf from "@tensorflow/tfjs";
import type { Tensors } from "../files/tensors.js";
import { LayerWeights, type LayerVariables } from "./layer-weights.js";
import { convolve, type Network } from "./network.js";

type Layer = (x: tf.Tensor4D) => tf.Tensor4D;

/** Channels and kernel of a convolution under its name. */
type Link = readonly [name: string, outputs: number, height: number, width: number, stride?: 1 | 2];

/** The 2048 numbers of the layer `pool_3`. */
export function createInception(tensors: Tensors, where: string): Network {
  const layers = new LayerWeights(tensors, where);
  const trunk = createTrunk(layers);
  return {
    side: 299,
    featureCount: 2048,
    describe: (pixels) => tf.mean(trunk.reduce((x, layer) => layer(x), tf.div<tf.Tensor4D>(tf.sub(pixels, 128), 128)), [1, 2]),
    dispose: () => layers.dispose(),
  };
}

function createTrunk(layers: LayerWeights): readonly Layer[] {
  const chain = (inputs: number, links: readonly Link[]): Layer => createChain(layers, inputs, links);
  const mixed = (block: string, inputs: number, branches: readonly (readonly Link[])[], rest: readonly Layer[] = []): Layer => {
    const made = branches.map((links) => chain(inputs, links.map(([name, ...link]): Link => [`${block}.${name}`, ...link])));
    return (x) => tf.concat([...made, ...rest].map((branch) => branch(x)), 3);
  };
  const pooled = (name: string, inputs: number, outputs: number, pool: Layer = averageNear): Layer => {
    const project = chain(inputs, [[name, outputs, 1, 1]]);
    return (x) => project(pool(x));
  };
  const a = (block: string, inputs: number, pool: number): Layer =>
    mixed(block, inputs, [[["branch1x1", 64, 1, 1]], [["branch5x5_1", 48, 1, 1], ["branch5x5_2", 64, 5, 5]], [["branch3x3dbl_1", 64, 1, 1], ["branch3x3dbl_2", 96, 3, 3], ["branch3x3dbl_3", 96, 3, 3]]], [pooled(`${block}.branch_pool`, inputs, pool)]);
  const c = (block: string, width: number): Layer =>
    mixed(
      block,
      768,
      [
        [["branch1x1", 192, 1, 1]],
        [["branch7x7_1", width, 1, 1], ["branch7x7_2", width, 1, 7], ["branch7x7_3", 192, 7, 1]],
        [["branch7x7dbl_1", width, 1, 1], ["branch7x7dbl_2", width, 7, 1], ["branch7x7dbl_3", width, 1, 7], ["branch7x7dbl_4", width, 7, 1], ["branch7x7dbl_5", 192, 1, 7]],
      ],
      [pooled(`${block}.branch_pool`, 768, 192)],
    );
  const e = (block: string, inputs: number, pool: Layer): Layer => {
    const fork = (name: string): Layer => mixed(block, 384, [[[`${name}a`, 384, 1, 3]], [[`${name}b`, 384, 3, 1]]]);
    const one = chain(inputs, [[`${block}.branch1x1`, 320, 1, 1]]);
    const three = chain(inputs, [[`${block}.branch3x3_1`, 384, 1, 1]]);
    const double = chain(inputs, [[`${block}.branch3x3dbl_1`, 448, 1, 1], [`${block}.branch3x3dbl_2`, 384, 3, 3]]);
    const [threeFork, doubleFork, project] = [fork("branch3x3_2"), fork("branch3x3dbl_3"), pooled(`${block}.branch_pool`, inputs, 192, pool)];
    return (x) => tf.concat([one(x), threeFork(three(x)), doubleFork(double(x)), project(x)], 3);
  };
  return [
    chain(3, [["Conv2d_1a_3x3", 32, 3, 3, 2], ["Conv2d_2a_3x3", 32, 3, 3]], ),
    chain(32, [["Conv2d_2b_3x3", 64, 3, 3]]),
    halve,
    chain(64, [["Conv2d_3b_1x1", 80, 1, 1], ["Conv2d_4a_3x3", 192, 3, 3]]),
    halve,
    a("Mixed_5b", 192, 32),
    a("Mixed_5c", 256, 64),
    a("Mixed_5d", 288, 64),
    mixed("Mixed_6a", 288, [[["branch3x3", 384, 3, 3, 2]], [["branch3x3dbl_1", 64, 1, 1], ["branch3x3dbl_2", 96, 3, 3], ["branch3x3dbl_3", 96, 3, 3, 2]]], [halve]),
    c("Mixed_6b", 128),
    c("Mixed_6c", 160),
    c("Mixed_6d", 160),
    c("Mixed_6e", 192),
    mixed("Mixed_7a", 768, [[["branch3x3_1", 192, 1, 1], ["branch3x3_2", 320, 3, 3, 2]], [["branch7x7x3_1", 192, 1, 1], ["branch7x7x3_2", 192, 1, 7], ["branch7x7x3_3", 192, 7, 1], ["branch7x7x3_4", 192, 3, 3, 2]]], [halve]),
    e("Mixed_7b", 1280, averageNear),
    e("Mixed_7c", 2048, (x) => tf.maxPool(x, 3, 1, "same")),
  ];
}

/** Layers of the stem that look at whole windows only, though they go pixel by pixel. */
const withoutMargin: ReadonlySet<string> = new Set(["Conv2d_2a_3x3", "Conv2d_4a_3x3"]);

function createChain(layers: LayerWeights, inputs: number, links: readonly Link[]): Layer {
  let before = inputs;
  const made = links.map(([name, outputs, height, width, stride = 1]): Layer => {
    const variables: LayerVariables<tf.Rank.R4> = layers.convWithNorm(name, { inputs: before, outputs, kernel: [height, width] });
    before = outputs;
    const pad = stride === 1 && !withoutMargin.has(name) ? "same" : "valid";
    return (x) => convolve(x, variables, stride, pad);
  });
  return (x) => made.reduce((hidden, layer) => layer(hidden), x);
}

function halve(x: tf.Tensor4D): tf.Tensor4D {
  return tf.maxPool(x, 3, 2, "valid");
}

/** Mean of the 3x3 pixels around each; at the margin, of those that are there. */
function averageNear(x: tf.Tensor4D): tf.Tensor4D {
  return tf.avgPool(x, 3, 1, "same");
}
