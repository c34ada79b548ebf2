// Gradients of resizing images `[batch, height, width, channels]`. tfjs's kernels for them have no gradient, and forget half pixel centres.
import * as tf from "@tensorflow/tfjs";
import { declareConstant } from "../declared-constant.js";
import { defineGradient } from "./define-gradient.js";

interface ResizeAttrs {
  readonly size: readonly [number, number];
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

/** Adds to a weight for the old position `to` in the mix that makes the new position `from`. */
type AddWeight = (from: number, to: number, weight: number) => void;
/** Mixes one new position, which lies at `source` among the old ones. */
type Mix = (position: number, source: number, last: number, attrs: ResizeAttrs, add: AddWeight) => void;

const mixNearest: Mix = (position, source, last, { alignCorners }, add) => {
  add(position, Math.min(last, alignCorners ? Math.round(source) : Math.floor(source)), 1);
};

const mixBilinear: Mix = (position, source, last, { halfPixelCenters }, add) => {
  const centre = halfPixelCenters ? source - 0.5 : source;
  const floor = Math.max(0, Math.floor(centre));
  add(position, floor, 1 - (centre - floor));
  add(position, Math.max(0, Math.min(last, Math.ceil(centre))), centre - floor);
};

/** The transpose of the resize along one axis, as a matrix `[1, old, new]`. */
function transposedMix(oldLength: number, newLength: number, mix: Mix, attrs: ResizeAttrs): tf.Tensor3D {
  const inset = attrs.alignCorners && newLength > 1 ? 1 : 0;
  const ratio = (oldLength - inset) / (newLength - inset);
  const weights = new Float32Array(oldLength * newLength);
  for (let i = 0; i < newLength; i += 1) {
    mix(i, ratio * (attrs.halfPixelCenters ? i + 0.5 : i), oldLength - 1, attrs, (from, to, weight) => {
      weights[to * newLength + from] = (weights[to * newLength + from] ?? 0) + weight;
    });
  }
  return declareConstant(tf.tensor3d(weights, [1, oldLength, newLength]));
}

/** Any resize of this kind is a matrix for the rows and one for the columns; here their transposes. */
function resizeGradient(dy: tf.Tensor, images: tf.Tensor, mix: Mix, attrs: ResizeAttrs): tf.Tensor {
  const [batch = 1, height = 1, width = 1, channels = 1] = images.shape;
  const [newHeight, newWidth] = attrs.size;
  const rows = tf.matMul(transposedMix(height, newHeight, mix, attrs), tf.reshape(dy, [batch, newHeight, newWidth * channels]));
  const columns = tf.matMul(transposedMix(width, newWidth, mix, attrs), tf.reshape(rows, [batch * height, newWidth, channels]));
  return tf.reshape(columns, images.shape);
}

/** Each pixel gets the sum of the block that it was repeated to. */
function sumBlocks(dy: tf.Tensor, block: [number, number]): tf.Tensor {
  return tf.mul(tf.avgPool(dy as tf.Tensor4D, block, block, "valid"), block[0] * block[1]);
}

export const resizeGradients: readonly tf.GradConfig[] = [
  defineGradient(tf.ResizeNearestNeighbor, ["images"], (dy, { images }, attrs: ResizeAttrs) => ({
    images: () => {
      const [, height = 1, width = 1] = images.shape;
      const block: [number, number] = [attrs.size[0] / height, attrs.size[1] / width];
      return block.every(Number.isInteger) && !attrs.alignCorners ? sumBlocks(dy, block) : resizeGradient(dy, images, mixNearest, attrs);
    },
  })),
  defineGradient(tf.ResizeBilinear, ["images"], (dy, { images }, attrs: ResizeAttrs) => ({
    images: () => resizeGradient(dy, images, mixBilinear, attrs),
  })),
];
