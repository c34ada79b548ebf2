import * as tf from "@tensorflow/tfjs";
import { IdganError } from "../contract/error.js";
import type { GraphNode } from "./graph.js";

type Shape4 = [number, number, number, number];
type Pair = [number, number] | number;

/** Shapes and padding of a two-dimensional convolution, as tfjs computes them from a kernel's attributes. */
export type ConvInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

function four(shape: readonly number[]): Shape4 {
  const [n, h, w, c] = shape;
  if (n === undefined || h === undefined || w === undefined || c === undefined || shape.length !== 4) {
    throw new IdganError("INTERNAL", `A shape of four axes was expected, not [${shape.join(", ")}].`);
  }
  return [n, h, w, c];
}

/** The sizes of a convolution kernel: input `[batch, height, width, in]`, filter `[height, width, in, out]`. */
export function convInfoOf(attrs: GraphNode["attrs"], input: readonly number[], filter: readonly number[], depthwise = false): ConvInfo {
  const strides = attrs["strides"] as Pair;
  const dilations = (attrs["dilations"] ?? 1) as Pair;
  const pad = attrs["pad"] as "valid" | "same" | number;
  const rounding = attrs["dimRoundingMode"] as "floor" | "round" | "ceil" | undefined;
  return tf.backend_util.computeConv2DInfo(four(input), four(filter), strides, dilations, pad, rounding, depthwise);
}

/** Shapes and padding of a two-dimensional pooling, as tfjs computes them from a kernel's attributes. */
export type PoolInfo = ReturnType<typeof tf.backend_util.computePool2DInfo>;

/** The sizes of a pooling kernel: input `[batch, height, width, channels]`. */
export function poolInfoOf(attrs: GraphNode["attrs"], input: readonly number[]): PoolInfo {
  const filterSize = attrs["filterSize"] as Pair;
  const strides = attrs["strides"] as Pair;
  const pad = attrs["pad"] as "valid" | "same" | number;
  const rounding = attrs["dimRoundingMode"] as "floor" | "round" | "ceil" | undefined;
  return tf.backend_util.computePool2DInfo(four(input), filterSize, strides, 1, pad, rounding);
}
