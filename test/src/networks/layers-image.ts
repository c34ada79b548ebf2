// Layers whose windows move over the image: convolutions of every kind, pooling and resizing.
import * as tf from "@tensorflow/tfjs";
import type { Draw } from "./draw.js";
import { channelCounts, longestSide, weightOf, type LayerMaker } from "./layer.js";

type Pair = [number, number];
type Pad = Parameters<typeof tf.conv2d>[3];

const pairOf = (draw: Draw, [height, width]: Readonly<Pair>): Pair => [draw.integer(1, height), draw.integer(1, width)];
const within = (most: number, height: number, width: number): Pair => [Math.min(most, height), Math.min(most, width)];

/** With a number of pixels as padding tfjs takes what it needs of the height for the width too, and wants to know how to round. */
const both = (pad: Pad, pair: Readonly<Pair>): Pair => (typeof pad === "number" ? [Math.min(...pair), Math.min(...pair)] : [...pair]);
const roundingOf = (pad: Pad): "floor" | undefined => (typeof pad === "string" ? undefined : "floor");

const convolution: LayerMaker = (draw, [, height, width, channels]) => {
  const edges = (): Pair => [draw.integer(0, 2), draw.integer(0, 2)];
  const pad: Pad = draw.pick<Pad>(["same", "same", "valid", draw.integer(0, 3), [[0, 0], edges(), edges(), [0, 0]]]);
  const window = both(pad, draw.chance(0.05) ? [height, width] : pairOf(draw, within(5, height, width)));
  const dilations = draw.chance(0.15) ? both(pad, pairOf(draw, [3, 3])) : 1;
  const strides = dilations === 1 && draw.chance(0.6) ? both(pad, pairOf(draw, [3, 3])) : 1;
  const out = draw.pick(channelCounts);
  return {
    label: `convolution ${window.join("x")} to ${out}, strides ${strides}, dilations ${dilations}, pad ${JSON.stringify(pad)}`,
    weights: [weightOf([...window, channels, out], window[0] * window[1] * channels)],
    run: (x, filter: tf.Tensor4D) => tf.conv2d(x, filter, strides, pad, "NHWC", dilations, roundingOf(pad)),
  };
};

const transposedConvolution: LayerMaker = (draw, [batch, height, width, channels]) => {
  const pad = draw.pick<"same" | "valid" | number>(["same", "valid", draw.integer(0, 2)]);
  const [window, strides] = [both(pad, pairOf(draw, [5, 5])), both(pad, pairOf(draw, [3, 3]))];
  /** Every length of which the convolution with these strides makes `side`. */
  const enlarged = (side: number, reach: number, stride: number): number => {
    const more = draw.integer(0, stride - 1);
    if (pad === "same") return side * stride - more;
    return (side - 1) * stride + reach + more - (pad === "valid" ? 0 : 2 * pad);
  };
  const [rows, columns] = [enlarged(height, window[0], strides[0]), enlarged(width, window[1], strides[1])];
  if (Math.min(rows, columns) < 1 || Math.max(rows, columns) > longestSide) return undefined;
  const out = draw.pick(channelCounts);
  return {
    label: `transposed convolution ${window.join("x")} to ${rows}x${columns}x${out}, strides ${strides}, pad ${pad}`,
    weights: [weightOf([...window, out, channels], (window[0] * window[1] * channels) / (strides[0] * strides[1]))],
    run: (x, filter: tf.Tensor4D) => tf.conv2dTranspose(x, filter, [batch, rows, columns, out], strides, pad, roundingOf(pad)),
  };
};

const depthwise: LayerMaker = (draw, [, height, width, channels]) => {
  const pad = draw.pick<"same" | "valid" | number>(["same", "valid", draw.integer(0, 2)]);
  const window = both(pad, pairOf(draw, within(4, height, width)));
  const dilation = draw.chance(0.15) ? draw.integer(2, 3) : 1;
  const stride = dilation === 1 ? draw.pick([1, 1, 2, 3]) : 1;
  const multiplier = channels <= 8 && draw.chance(0.3) ? 2 : 1;
  return {
    label: `depthwise ${window.join("x")} times ${multiplier}, stride ${stride}, dilation ${dilation}, pad ${pad}`,
    weights: [weightOf([...window, channels, multiplier], window[0] * window[1])],
    run: (x, filter: tf.Tensor4D) => tf.depthwiseConv2d(x, filter, stride, pad, "NHWC", dilation, roundingOf(pad)),
  };
};

const separable: LayerMaker = (draw, [, height, width, channels]) => {
  const [side, out, stride] = [draw.integer(1, Math.min(3, height, width)), draw.pick(channelCounts), draw.integer(1, 2)];
  return {
    label: `separable ${side}x${side} to ${out}, stride ${stride}`,
    weights: [weightOf([side, side, channels, 1], side * side), weightOf([1, 1, channels, out], channels)],
    run: (x, depthFilter: tf.Tensor4D, pointFilter: tf.Tensor4D) => tf.separableConv2d(x, depthFilter, pointFilter, stride, "same"),
  };
};

const pool: LayerMaker = (draw, [, height, width]) => {
  const pad = draw.pick<"same" | "valid" | number>(["same", "valid", "valid", draw.integer(0, 1)]);
  const [window, strides] = [both(pad, pairOf(draw, within(4, height, width))), both(pad, pairOf(draw, [3, 3]))];
  // A window of padding alone has no mean and no maximum.
  if (typeof pad === "number" && pad >= window[0]) return undefined;
  const isMaximum = draw.chance(0.35);
  const apply = isMaximum ? tf.maxPool : tf.avgPool;
  return {
    label: `${isMaximum ? "maxima" : "means"} of ${window.join("x")}, strides ${strides}, pad ${pad}`,
    hasKinks: isMaximum,
    run: (x) => apply(x, window, strides, pad, roundingOf(pad)),
  };
};

const resize: LayerMaker = (draw, [, height, width]) => {
  const to: Pair = draw.chance(0.4) ? [height * draw.integer(1, 2), width * draw.integer(1, 2)] : pairOf(draw, [10, 10]);
  if (Math.max(...to) > longestSide) return undefined;
  const isBilinear = draw.chance(0.4);
  const apply = isBilinear ? tf.image.resizeBilinear : tf.image.resizeNearestNeighbor;
  const places = draw.pick(["corners", "aligned corners", "half pixels"]);
  return {
    label: `${isBilinear ? "bilinear" : "nearest"} to ${to.join("x")}, ${places}`,
    run: (x) => apply(x, to, places === "aligned corners", places === "half pixels"),
  };
};

const residual: LayerMaker = (draw, [, , , channels]) => {
  const side = draw.pick([1, 3]);
  const activate = draw.pick<(x: tf.Tensor4D) => tf.Tensor4D>([tf.relu, (x) => tf.leakyRelu(x, 0.2), (x) => x]);
  return {
    label: `residual ${side}x${side}`,
    hasKinks: true,
    weights: [weightOf([side, side, channels, channels], side * side * channels)],
    run: (x, filter: tf.Tensor4D) => tf.add(x, tf.mul(tf.conv2d(activate(x), filter, 1, "same"), 0.3)),
  };
};

const modulated: LayerMaker = (_, [batch, , , channels]) => ({
  label: "modulated convolution",
  weights: [weightOf([3, 3, channels, 16], 9 * channels), { shape: [batch, channels], deviation: 1 }],
  run: (x, filter: tf.Tensor4D, style) => tf.conv2d(tf.mul<tf.Tensor4D>(x, tf.reshape(style, [batch, 1, 1, channels])), filter, 1, "same"),
});

/** One filter for two convolutions, whose gradients are added. */
const twice: LayerMaker = (_, [, , , channels]) => ({
  label: "one filter twice",
  weights: [weightOf([3, 3, channels, channels], 9 * channels)],
  run: (x, filter: tf.Tensor4D) => tf.conv2d(tf.tanh(tf.conv2d(x, filter, 1, "same")), filter, 2, "same"),
});

/** One filter there and back, as in an autoencoder with tied weights. */
const tied: LayerMaker = (draw, [batch, height, width, channels]) => {
  const out = draw.pick(channelCounts);
  return {
    label: `tied through ${out}`,
    weights: [weightOf([3, 3, channels, out], 9 * channels)],
    run: (x, filter: tf.Tensor4D) => tf.conv2dTranspose(tf.tanh(tf.conv2d(x, filter, 2, "same")), filter, [batch, height, width, channels], 2, "same"),
  };
};

export const imageLayers = { convolution, transposedConvolution, depthwise, separable, pool, resize, residual, modulated, twice, tied } as const;
