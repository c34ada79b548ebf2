import * as tf from "@tensorflow/tfjs";
import { IdganError } from "../contract/error.js";
import { describeSpace, type ImageSpace } from "../contract/image-space.js";
import { pillowMix } from "../data/pillow-kernel.js";
import { declareConstant } from "./declared-constant.js";

/** How each of `to` positions is mixed from `from` positions, row by row, `[to, from]`. */
type Weighting = (from: number, to: number) => Float32Array;

/** Area average to `height` x `width`, as PyTorch's `adaptive_avg_pool2d`; exact boxes where the ratio is whole. */
export function averageTo(x: tf.Tensor4D, height: number, width: number): tf.Tensor4D {
  const [, fromHeight, fromWidth] = x.shape;
  if (fromHeight % height !== 0 || fromWidth % width !== 0) {
    return mixRows(mixColumns(x, width, areas), height, areas);
  }
  const box: [number, number] = [fromHeight / height, fromWidth / width];
  return box[0] === 1 && box[1] === 1 ? x : tf.avgPool(x, box, box, "valid");
}

/**
 * Bilinear interpolation to `height` x `width` with pixel centres at half positions, as PyTorch's `interpolate(align_corners=False)`.
 * It is two matrix products, because tfjs's resizeBilinear forgets the half positions in its gradient.
 */
export function bilinearTo(x: tf.Tensor4D, height: number, width: number): tf.Tensor4D {
  return mixRows(mixColumns(x, width, tents), height, tents);
}

/**
 * Bicubic interpolation to `height` x `width` as Pillow's on pictures of floats, antialiased when reducing: the resizing of clean-fid
 * (Parmar 2022, https://arxiv.org/abs/2104.11222). It may leave the range of the pixels; whoever wants it clipped clips it.
 */
export function bicubicTo(x: tf.Tensor4D, height: number, width: number): tf.Tensor4D {
  return mixRows(mixColumns(x, width, cubics), height, cubics);
}

/**
 * Images of `from` as images of `to`: range mapped, then area average down or bilinear up, whichever the size of `x` asks for.
 * The size of `x` counts, not `from`'s, since a progressive generator may be smaller for a while.
 */
export function bridge(x: tf.Tensor4D, from: ImageSpace, to: ImageSpace): tf.Tensor4D {
  const [, height, width, channels] = x.shape;
  if (from.channels !== to.channels || channels !== to.channels) {
    throw new IdganError(
      "BACKBONE_INVALID",
      `Images of ${describeSpace(from)} (a tensor of ${channels} channels) cannot become ${describeSpace(to)}: the channels differ. ` +
        "Use data of the same channels in both stages.",
    );
  }
  if (height >= to.height && width >= to.width) {
    return mapRange(averageTo(x, to.height, to.width), from, to); // both are linear, and the smaller image is the cheaper one to map
  }
  const rows = height > to.height ? areas : tents;
  const columns = width > to.width ? areas : tents;
  return mixRows(mixColumns(mapRange(x, from, to), to.width, columns), to.height, rows);
}

function mapRange(x: tf.Tensor4D, { range: [low, high] }: ImageSpace, { range: [toLow, toHigh] }: ImageSpace): tf.Tensor4D {
  const scale = (toHigh - toLow) / (high - low);
  const offset = toLow - low * scale;
  const scaled = scale === 1 ? x : tf.mul<tf.Tensor4D>(x, scale);
  return offset === 0 ? scaled : tf.add(scaled, offset);
}

function mixRows(x: tf.Tensor4D, to: number, weighting: Weighting): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  if (height === to) {
    return x;
  }
  const weights = declareConstant(tf.tensor3d(weighting(height, to), [1, to, height]));
  return tf.reshape(tf.matMul(weights, tf.reshape(x, [batch, height, width * channels])), [batch, to, width, channels]);
}

function mixColumns(x: tf.Tensor4D, to: number, weighting: Weighting): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  if (width === to) {
    return x;
  }
  const weights = declareConstant(tf.tensor3d(weighting(width, to), [1, to, width]));
  return tf.reshape(tf.matMul(weights, tf.reshape(x, [batch * height, width, channels])), [batch, height, to, channels]);
}

/** Each position is the plain mean of all that its interval touches. */
function areas(from: number, to: number): Float32Array {
  const weights = new Float32Array(to * from);
  for (let i = 0; i < to; i += 1) {
    const first = Math.floor((i * from) / to);
    const end = Math.ceil(((i + 1) * from) / to);
    weights.fill(1 / (end - first), i * from + first, i * from + end);
  }
  return weights;
}

/** Each position is mixed from the two nearest, clamped at the edges. */
function tents(from: number, to: number): Float32Array {
  const weights = new Float32Array(to * from);
  for (let i = 0; i < to; i += 1) {
    const position = Math.max(0, ((i + 0.5) * from) / to - 0.5);
    const left = Math.min(Math.floor(position), from - 1);
    const right = Math.min(left + 1, from - 1);
    const share = position - left;
    weights[i * from + left] = (weights[i * from + left] ?? 0) + 1 - share;
    weights[i * from + right] = (weights[i * from + right] ?? 0) + share;
  }
  return weights;
}

/** Each position is mixed as Pillow's bicubic filter does. */
function cubics(from: number, to: number): Float32Array {
  const weights = new Float32Array(to * from);
  for (let i = 0; i < to; i += 1) {
    const mix = pillowMix("bicubic", from, to, i);
    weights.set(mix.weights, i * from + mix.first);
  }
  return weights;
}
