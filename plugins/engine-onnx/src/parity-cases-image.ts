import * as tf from "@tensorflow/tfjs";
import type { Case } from "./parity-cases.js";

type Pad = "same" | "valid" | number;
type Pair = [number, number];

interface Conv {
  readonly x: readonly [number, number, number, number];
  readonly filter: readonly [number, number, number, number];
  readonly strides: number | Pair;
  readonly pad: Pad;
  readonly dilations?: number | Pair;
}

const convolutions: readonly Conv[] = [
  { x: [2, 8, 8, 3], filter: [4, 4, 3, 5], strides: 2, pad: 1 },
  { x: [2, 8, 8, 5], filter: [4, 4, 5, 3], strides: 2, pad: 1 },
  { x: [3, 4, 4, 6], filter: [4, 4, 6, 7], strides: 1, pad: 0 },
  { x: [2, 7, 9, 3], filter: [3, 3, 3, 4], strides: 1, pad: "same" },
  { x: [2, 7, 9, 3], filter: [3, 3, 3, 4], strides: 2, pad: "same" },
  { x: [2, 8, 6, 20], filter: [3, 3, 20, 24], strides: 2, pad: "same" },
  { x: [2, 8, 6, 1], filter: [4, 4, 1, 20], strides: 2, pad: 1 },
  { x: [2, 8, 6, 20], filter: [4, 4, 20, 1], strides: 2, pad: 1 },
  { x: [2, 6, 6, 20], filter: [3, 3, 20, 2], strides: 1, pad: 1 },
  { x: [2, 6, 6, 2], filter: [3, 3, 2, 20], strides: 1, pad: 1 },
  { x: [2, 9, 7, 2], filter: [5, 3, 2, 3], strides: [3, 2], pad: "valid" },
  { x: [2, 9, 7, 2], filter: [2, 3, 2, 3], strides: [3, 1], pad: "same" },
  { x: [2, 10, 9, 20], filter: [5, 5, 20, 18], strides: 3, pad: "valid" },
  { x: [2, 6, 5, 4], filter: [1, 1, 4, 6], strides: 1, pad: "valid" },
  { x: [2, 6, 5, 4], filter: [1, 1, 4, 6], strides: 2, pad: "same" },
  { x: [1, 5, 5, 1], filter: [5, 5, 1, 1], strides: 1, pad: 2 },
  { x: [2, 6, 6, 3], filter: [2, 2, 3, 4], strides: 2, pad: "valid" },
  { x: [2, 7, 6, 17], filter: [2, 2, 17, 16], strides: 2, pad: "valid" },
  // Whole blocks of channels, of either length, and batches that are less than one, one, and neither.
  { x: [3, 8, 6, 32], filter: [4, 4, 32, 48], strides: 2, pad: 1 },
  { x: [16, 5, 6, 16], filter: [3, 3, 16, 32], strides: 1, pad: 1 },
  { x: [18, 5, 4, 3], filter: [3, 3, 3, 16], strides: 1, pad: "same" },
  { x: [2, 9, 7, 16], filter: [3, 3, 16, 16], strides: 2, pad: "same" },
  { x: [2, 9, 7, 16], filter: [3, 2, 16, 16], strides: [2, 3], pad: "valid" },
  { x: [2, 8, 8, 16], filter: [3, 3, 16, 3], strides: 1, pad: 1 },
  { x: [2, 8, 8, 16], filter: [4, 4, 16, 1], strides: 2, pad: 1 },
  { x: [2, 9, 9, 16], filter: [3, 3, 16, 32], strides: 1, pad: "same", dilations: 2 },
  { x: [2, 6, 6, 16], filter: [1, 1, 16, 32], strides: 2, pad: "valid" },
  { x: [2, 6, 6, 16], filter: [3, 3, 16, 16], strides: 1, pad: 3 },
  { x: [2, 4, 4, 16], filter: [4, 4, 16, 32], strides: 1, pad: 0 },
  // A window that reaches no pixel.
  { x: [2, 1, 1, 32], filter: [1, 1, 32, 8], strides: 3, pad: 1 },
  // So many windows that a filter's gradient goes in strips: two to a group, and more than one group can take.
  { x: [1, 20, 18, 2], filter: [3, 3, 2, 32], strides: 1, pad: 1 },
  { x: [1, 32, 260, 1], filter: [4, 4, 1, 32], strides: 2, pad: 1 },
];

const depthwise: readonly Conv[] = [
  { x: [2, 7, 6, 3], filter: [3, 3, 3, 1], strides: 1, pad: "same" },
  { x: [2, 8, 7, 2], filter: [3, 2, 2, 3], strides: 2, pad: "valid" },
  { x: [2, 8, 7, 2], filter: [4, 4, 2, 1], strides: 2, pad: "same" },
];

const pools: readonly (readonly [readonly [number, number, number, number], number | Pair, number | Pair, Pad])[] = [
  [[2, 8, 6, 3], 2, 2, "valid"], [[2, 7, 9, 2], 3, 2, "same"], [[2, 7, 9, 2], [2, 3], [1, 2], "valid"], [[2, 6, 6, 4], 3, 1, 1], [[2, 4, 5, 3], [4, 5], 1, "valid"], [[2, 5, 5, 2], 1, 2, "valid"],
];

const sizes: readonly (readonly [readonly [number, number, number, number], Pair])[] = [
  [[2, 4, 4, 3], [8, 8]], [[2, 8, 8, 3], [4, 4]], [[2, 5, 7, 2], [9, 4]], [[1, 3, 3, 1], [1, 7]], [[2, 4, 6, 3], [4, 6]], [[1, 8, 8, 2], [3, 5]],
];

const four = (x: tf.Tensor): tf.Tensor4D => x as tf.Tensor4D;

/** A convolution, both its gradients for a gradient that is not constant, and its transpose. */
function convolutionCase({ x: shape, filter, strides, pad, dilations }: Conv): Case {
  const title = `conv2d of [${shape}] by [${filter}], strides ${strides}, pad ${pad}, dilations ${dilations ?? 1}`;
  const convolve = (x: tf.Tensor, w: tf.Tensor): tf.Tensor => tf.conv2d(four(x), four(w), strides, pad, "NHWC", dilations ?? 1, typeof pad === "number" ? "floor" : undefined);
  return {
    title,
    shapes: [shape, filter],
    run: (x, w = x) => [convolve(x, w), ...tf.grads((a, b) => tf.square(convolve(a, b)))([x, w]), convolve(tf.relu(x), w)],
  };
}

function depthwiseCase({ x: shape, filter, strides, pad }: Conv): Case {
  const convolve = (x: tf.Tensor, w: tf.Tensor): tf.Tensor => tf.depthwiseConv2d(four(x), four(w), strides, pad);
  return {
    title: `depthwiseConv2d of [${shape}] by [${filter}], strides ${strides}, pad ${pad}`,
    shapes: [shape, filter],
    run: (x, w = x) => [convolve(x, w), ...tf.grads((a, b) => tf.square(convolve(a, b)))([x, w])],
  };
}

function kernel(name: string, inputs: Readonly<Record<string, tf.Tensor>>, attrs: Readonly<Record<string, unknown>>): tf.Tensor {
  return tf.engine().runKernel(name, inputs, attrs as tf.NamedAttrMap) as tf.Tensor;
}

const poolCases = pools.map(([shape, filterSize, strides, pad]): Case => {
  const attrs = { filterSize, strides, pad, ...(typeof pad === "number" && { dimRoundingMode: "floor" }) };
  return {
    title: `pooling of [${shape}] by ${filterSize}, strides ${strides}, pad ${pad}`,
    shapes: [shape],
    run: (input) => {
      const [average, maximum] = [kernel("AvgPool", { x: input }, attrs), kernel("MaxPool", { x: input }, attrs)];
      const rough = tf.round(input);
      return [
        average, maximum, kernel("AvgPoolGrad", { dy: average, input }, attrs), kernel("MaxPoolGrad", { dy: average, input, output: maximum }, attrs),
        kernel("MaxPoolGrad", { dy: average, input: rough, output: kernel("MaxPool", { x: rough }, attrs) }, attrs),
      ];
    },
  };
});

const resizeCases = sizes.flatMap(([shape, size]): Case[] =>
  [[false, false], [true, false], [false, true]].map(([alignCorners = false, halfPixelCenters = false]) => ({
    title: `resize of [${shape}] to [${size}], alignCorners ${alignCorners}, halfPixelCenters ${halfPixelCenters}`,
    shapes: [shape, [shape[0], ...size, shape[3]]],
    run: (images, dy = images) => {
      const attrs = { alignCorners, halfPixelCenters, size };
      const forward = [kernel("ResizeBilinear", { images }, attrs), kernel("ResizeNearestNeighbor", { images }, attrs)];
      // tfjs's gradient kernels know nothing of half-pixel centres.
      if (halfPixelCenters) return forward;
      // Its gradient of the nearest pixel is right for the first image of a batch alone.
      const first = { images: tf.slice(images, 0, 1), dy: tf.slice(dy, 0, 1) };
      return [...forward, kernel("ResizeBilinearGrad", { images, dy }, attrs), kernel("ResizeNearestNeighborGrad", first, attrs)];
    },
  })));

const transposed: readonly (readonly [readonly number[], readonly number[], [number, number, number, number], number, Pad])[] = [
  [[3, 1, 1, 6], [4, 4, 5, 6], [3, 4, 4, 5], 1, "valid"], [[2, 4, 4, 6], [4, 4, 5, 6], [2, 8, 8, 5], 2, "same"], [[2, 4, 4, 20], [4, 4, 1, 20], [2, 8, 8, 1], 2, 1],
  [[2, 4, 4, 20], [4, 4, 3, 20], [2, 8, 8, 3], 2, 1], [[2, 3, 4, 5], [3, 3, 4, 5], [2, 6, 8, 4], 2, "same"], [[2, 5, 5, 17], [3, 3, 16, 17], [2, 5, 5, 16], 1, "same"],
  // Several cells at once, which an image of few channels and odd sides ends in the middle of.
  [[2, 4, 4, 16], [4, 4, 1, 16], [2, 8, 8, 1], 2, 1], [[2, 3, 5, 32], [4, 4, 1, 32], [2, 5, 10, 1], 2, "same"], [[2, 5, 6, 16], [3, 3, 3, 16], [2, 5, 6, 3], 1, "same"],
  [[2, 3, 3, 16], [5, 3, 2, 16], [2, 7, 9, 2], 3, "same"], [[2, 6, 7, 16], [3, 2, 1, 16], [2, 8, 8, 1], 1, "valid"],
];

/** What can be done to images between two convolutions, each with a gradient that is not constant; channels enough for blocks of either length. */
const between: Readonly<Record<string, (h: tf.Tensor4D) => tf.Tensor>> = {
  "a rectifier": (h) => tf.relu(h),
  "a leaky rectifier that is read twice": (h) => tf.add(tf.leakyRelu(h, 0.2), tf.mul(h, 0.1)),
  "a rectifier with a slope for each channel": (h) => tf.prelu(h, tf.reshape(tf.linspace(0.1, 0.3, 32), [1, 1, 1, 32]) as tf.Tensor4D),
  "a choice by other images, in rows": (h) => tf.where(tf.greater(tf.reshape(tf.sin(tf.range(0, 3 * 5 * 6 * 32)), [3, 5, 6, 32]), 0), h, tf.mul(h, 2)),
  "a scale for each channel": (h) => tf.add(tf.mul(h, tf.linspace(0.5, 1, 32)), tf.linspace(-1, 1, 32)),
  "a scale for each image and channel": (h) => tf.mul(h, tf.mean(h, [1, 2], true)),
  "a scale for each image": (h) => tf.mul(h, tf.mean(tf.square(h), [1, 2, 3], true)),
  "a scale for all": (h) => tf.mul(h, tf.mean(tf.square(h))),
  "a shift for each channel, of all images": (h) => tf.add(h, tf.mean(h, [0, 1, 2])),
  "a choice": (h) => tf.where(tf.greater(h, 0.1), h, tf.mul(h, -0.5)),
  "pads": (h) => tf.pad(h, [[0, 0], [1, 0], [2, 1], [0, 0]]),
  "pads of one": (h) => tf.pad(h, [[0, 0], [1, 0], [2, 1], [0, 0]], 1),
  "a slice": (h) => tf.slice(h, [0, 1, 2, 0], [3, 3, 2, 32]),
  "a slice of the channels": (h) => tf.concat([tf.slice(h, [0, 0, 0, 16], [3, 5, 6, 16]), tf.slice(h, [0, 0, 0, 0], [3, 5, 6, 16])], 3),
  "an average of tiles": (h) => tf.avgPool(tf.pad(h, [[0, 0], [1, 0], [0, 0], [0, 0]]), 2, 2, "valid"),
  "an average of windows that overlap": (h) => tf.avgPool(h, 3, 2, "same"),
  "an average of windows that leave a row over": (h) => tf.avgPool(tf.pad(h, [[0, 0], [1, 0], [1, 0], [0, 0]]), 3, 2, "valid"),
  "an average of windows that are padded as far as they reach": (h) => tf.avgPool(h, [1, 4], [1, 3], 0, "floor"),
  "a maximum of windows": (h) => tf.maxPool(h, 2, 1, "valid"),
  "repeated pixels": (h) => tf.image.resizeNearestNeighbor(h, [10, 18]),
  "pixels between": (h) => tf.image.resizeBilinear(h, [7, 9]),
  "a blur": (h) => tf.depthwiseConv2d(h, tf.mul(tf.ones([3, 3, 32, 1]), 0.1) as tf.Tensor4D, 1, "same"),
  "a filter for each channel, in steps": (h) => tf.depthwiseConv2d(h, tf.reshape(tf.linspace(-1, 1, 6 * 32), [3, 2, 32, 1]) as tf.Tensor4D, 2, "same"),
  "a point's filter": (h) => tf.conv2d(h, tf.reshape(tf.linspace(-1, 1, 1024), [1, 1, 32, 32]) as tf.Tensor4D, 1, "valid"),
  "other images, in rows": (h) => tf.add(h, tf.reshape(tf.linspace(0, 1, 3 * 5 * 6 * 32), [3, 5, 6, 32])),
  "a transpose": (h) => tf.transpose(h, [0, 2, 1, 3]),
};

const chains = [...Object.entries(between).map(([title, apply]) => ({ title, apply, image: [3, 5, 6, 32], filter: [3, 3, 32, 32] })),
  { title: "a rectifier of images in strips", apply: (h: tf.Tensor4D) => tf.relu(h), image: [1, 18, 16, 32], filter: [2, 1, 32, 32] },
].map(({ title, apply, image, filter }): Case => ({
  title: `${title} between convolutions`,
  shapes: [image, filter, [32]],
  range: [-1, 1],
  loose: [2e-5, "a bias's gradient is a sum over two convolutions back"],
  run: (x, w = x, bias = x) => {
    const convolve = (h: tf.Tensor, v: tf.Tensor): tf.Tensor4D => tf.conv2d(four(h), four(v), 1, "same");
    const chain = (a: tf.Tensor, v: tf.Tensor, b: tf.Tensor): tf.Tensor => convolve(tf.mul(apply(tf.add(convolve(a, v), b)), 0.1), v);
    return [chain(x, w, bias), ...tf.grads((a, v, b) => tf.square(chain(a, v, b)))([x, w, bias])];
  },
}));

/** Masks and integers, which ONNX Runtime does not put into blocks; channels of several blocks of either length. */
const masks: readonly Case[] = Object.entries<(x: tf.Tensor4D, h: tf.Tensor4D) => tf.Tensor[]>({
  "a mask of rows on blocks": (x, h) => [tf.where(tf.greater(x, 0.5), h, tf.zerosLike(h))],
  "a mask of blocks in rows": (_, h) => [tf.reshape(tf.greater(h, 0), [2, -1]), tf.any(tf.greater(h, 0.1), 3)],
  "integers of blocks": (_, h) => [tf.reshape(tf.cast(tf.mul(h, 9), "int32"), [2, -1])],
}).map(([title, read]) => ({ title, shapes: [[2, 5, 6, 32], [3, 3, 32, 32]], run: (x, w = x) => read(four(x), tf.conv2d(four(x), four(w), 1, "same")) }));

export const imageCases: readonly Case[] = [
  ...masks,
  ...convolutions.map(convolutionCase),
  ...chains,
  ...depthwise.map(depthwiseCase),
  {
    title: "a dilated convolution", shapes: [[2, 9, 8, 3], [3, 2, 3, 4]],
    run: (x, w = x) => [tf.conv2d(four(x), four(w), 1, "same", "NHWC", 2), tf.conv2d(four(x), four(w), 1, "valid", "NHWC", [3, 2])],
  },
  { title: "a convolution with pads of each side", shapes: [[2, 6, 7, 3], [3, 3, 3, 4]], run: (x, w = x) => tf.conv2d(four(x), four(w), 2, [[0, 0], [2, 1], [0, 1], [0, 0]], "NHWC", 1, "floor") },
  ...transposed.map(([x, filter, output, strides, pad]): Case => ({
    title: `conv2dTranspose of [${x}] by [${filter}] to [${output}], strides ${strides}, pad ${pad}`,
    shapes: [x, filter],
    run: (a, w = a) => {
      const convolve = (h: tf.Tensor, v: tf.Tensor): tf.Tensor => tf.conv2dTranspose(four(h), four(v), output, strides, pad, typeof pad === "number" ? "floor" : undefined);
      return [convolve(a, w), ...tf.grads((h, v) => tf.square(convolve(h, v)))([a, w])];
    },
  })),
  ...poolCases,
  ...resizeCases,
];
