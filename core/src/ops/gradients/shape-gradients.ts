// Gradients of kernels that move elements: tfjs's own of MirrorPad and Cumsum are wrong, of Tile slow, and of the others missing.
import * as tf from "@tensorflow/tfjs";
import { IdganError } from "../../contract/error.js";
import { defineGradient } from "./define-gradient.js";
import { insertZeros } from "./insert-zeros.js";

interface MirrorPadAttrs {
  readonly paddings: readonly (readonly [before: number, after: number])[];
  readonly mode: "reflect" | "symmetric";
}

interface StridedSliceAttrs {
  readonly begin: number[];
  readonly end: number[];
  readonly strides: number[];
  readonly beginMask: number;
  readonly endMask: number;
  readonly ellipsisMask: number;
  readonly newAxisMask: number;
  readonly shrinkAxisMask: number;
}

/** The copies summed, with neighbouring axes that were not repeated taken as one, so that the rank stays small. */
function sumCopies(dy: tf.Tensor, shape: number[], reps: readonly number[]): tf.Tensor {
  const lengths: number[] = [];
  const copies: number[] = [];
  let joins = false;
  for (const [i, length] of shape.entries()) {
    const repeated = (reps[i] ?? 1) > 1;
    if (repeated) copies.push(lengths.push(reps[i] ?? 1) - 1);
    if (joins && !repeated) lengths.push((lengths.pop() ?? 1) * length);
    else lengths.push(length);
    joins = true;
  }
  return tf.reshape(copies.length > 0 ? tf.sum(tf.reshape(dy, lengths), copies) : dy, shape);
}

function sliceAlong(x: tf.Tensor, axis: number, begin: number, length: number): tf.Tensor {
  return tf.slice(x, x.shape.map((_, i) => (i === axis ? begin : 0)), x.shape.map((size, i) => (i === axis ? length : size)));
}

function padAlong(x: tf.Tensor, axis: number, before: number, after: number): tf.Tensor {
  return tf.pad(x, x.shape.map((_, i) => (i === axis ? [before, after] : [0, 0])));
}

/** The mirrored margins of an axis folded back onto the elements that they came from; `skip` is 1 if the edge itself was not mirrored. */
function foldMargins(dy: tf.Tensor, axis: number, before: number, after: number, skip: number): tf.Tensor {
  if (before + after === 0) return dy;
  const length = (dy.shape[axis] ?? 0) - before - after;
  let folded = sliceAlong(dy, axis, before, length);
  if (before > 0) {
    folded = tf.add(folded, padAlong(tf.reverse(sliceAlong(dy, axis, 0, before), axis), axis, skip, length - skip - before));
  }
  if (after > 0) {
    folded = tf.add(folded, padAlong(tf.reverse(sliceAlong(dy, axis, before + length, after), axis), axis, length - skip - after, skip));
  }
  return folded;
}

/** Each element put back where the slice took it from, zeros elsewhere. */
function scatterSlice(dy: tf.Tensor, shape: number[], attrs: StridedSliceAttrs): tf.Tensor {
  const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = attrs;
  const slice = tf.slice_util.sliceInfo(shape, begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask);
  const counts = shape.map((_, axis) => Math.max(0, Math.ceil(((slice.end[axis] ?? 0) - (slice.begin[axis] ?? 0)) / (slice.strides[axis] ?? 1))));
  if (counts.includes(0)) return tf.zeros(shape);
  let scattered = tf.reshape(dy, counts);
  const margins = shape.map((length, axis): [number, number] => {
    const stride = slice.strides[axis] ?? 1;
    const from = slice.begin[axis] ?? 0;
    const last = from + stride * ((counts[axis] ?? 1) - 1);
    if (stride < 0) scattered = tf.reverse(scattered, axis);
    scattered = insertZeros(scattered, axis, Math.abs(stride));
    return [Math.min(from, last), length - 1 - Math.max(from, last)];
  });
  return tf.pad(scattered, margins);
}

export const shapeGradients: readonly tf.GradConfig[] = [
  defineGradient(tf.Tile, ["x"], (dy, { x }, { reps }: { readonly reps: readonly number[] }) => ({ x: () => sumCopies(dy, x.shape, reps) })),
  defineGradient(tf.MirrorPad, [], (dy, _, { paddings, mode }: MirrorPadAttrs) => ({
    x: () => paddings.reduce((folded, [before, after], axis) => foldMargins(folded, axis, before, after, mode === "reflect" ? 1 : 0), tf.clone(dy)),
  })),
  defineGradient(tf.StridedSlice, ["x"], (dy, { x }, attrs: StridedSliceAttrs) => ({ x: () => scatterSlice(dy, x.shape, attrs) })),
  defineGradient(tf.Cumsum, [], (dy, _, { axis, exclusive, reverse }: { readonly axis: number; readonly exclusive: boolean; readonly reverse: boolean }) => ({
    x: () => tf.cumsum(dy, axis, exclusive, !reverse),
  })),
  defineGradient(tf.DepthToSpace, ["x"], (dy, { x }, { blockSize, dataFormat }: { readonly blockSize: number; readonly dataFormat: string }) => ({
    x: () => {
      if (dataFormat !== "NHWC") throw new IdganError("BACKBONE_INVALID", `depthToSpace with dataFormat "${dataFormat}" has no gradient. Use "NHWC", tfjs's default.`);
      const [batch = 1, height = 1, width = 1, channels = 1] = x.shape;
      const blocks = tf.reshape(dy, [batch, height, blockSize, width, blockSize, channels / blockSize ** 2]);
      return tf.reshape(tf.transpose(blocks, [0, 1, 3, 2, 4, 5]), x.shape);
    },
  })),
];
