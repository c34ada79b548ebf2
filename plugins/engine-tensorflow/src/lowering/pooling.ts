import { poolInfoOf, type GraphNode, type PoolInfo } from "@idgan/core";
import type { Attribute } from "../saved-model/graph-def.js";
import { paddingOf } from "./convolution.js";
import { inputOf, int32, type Lowerer, type Lowering, type Lowerings } from "./lowerer.js";

/** Below every number that is pooled: a padding that is never the largest. */
const lowest = -3.4028234663852886e38;

/** A pooling as one without padding over a padded image: TensorFlow's own paddings are two of the many that tfjs knows. */
interface Window {
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly before: readonly number[];
  readonly padded: readonly number[];
  readonly paddings: readonly number[];
  readonly isPadded: boolean;
  /** Of each place of the output, the window's size over the elements of the image in it. */
  readonly shares: Float32Array;
}

function windowOf(info: PoolInfo): Window {
  const rows = paddingOf(info.inHeight, info.outHeight, info.strideHeight, info.effectiveFilterHeight, info.padInfo.top);
  const columns = paddingOf(info.inWidth, info.outWidth, info.strideWidth, info.effectiveFilterWidth, info.padInfo.left);
  const within = (at: number, stride: number, size: number, before: number, length: number): number => Math.min(length, at * stride - before + size) - Math.max(0, at * stride - before);
  const area = info.filterHeight * info.filterWidth;
  return {
    attributes: {
      ksize: { ints: [1, info.filterHeight, info.filterWidth, 1] }, strides: { ints: [1, info.strideHeight, info.strideWidth, 1] },
      padding: { text: "VALID" }, data_format: { text: "NHWC" },
    },
    before: [0, rows[0], columns[0], 0],
    padded: [info.batchSize, info.inHeight + rows[0] + rows[1], info.inWidth + columns[0] + columns[1], info.inChannels],
    paddings: [0, 0, ...rows, ...columns, 0, 0],
    isPadded: [...rows, ...columns].some((each) => each > 0),
    shares: Float32Array.from({ length: info.outHeight * info.outWidth }, (_, i) => area / (
      within(Math.floor(i / info.outWidth), info.strideHeight, info.filterHeight, rows[0], info.inHeight) * within(i % info.outWidth, info.strideWidth, info.filterWidth, columns[0], info.inWidth))),
  };
}

function padded(lowerer: Lowerer, name: string, window: Window, value: number): string {
  if (!window.isPadded) return name;
  return lowerer.typed("PadV2", [name, lowerer.int32(window.paddings, [4, 2]), lowerer.builder.scalar(value)], "float32", { Tpaddings: int32 });
}

function cropped(lowerer: Lowerer, name: string, window: Window, shape: readonly number[]): string {
  return window.isPadded ? lowerer.typed("Slice", [name, lowerer.int32(window.before), lowerer.int32(shape)], "float32", { Index: int32 }) : name;
}

/** tfjs averages over what lies inside of the image. */
function shared(lowerer: Lowerer, name: string, window: Window, { outHeight, outWidth }: PoolInfo): string {
  return window.isPadded ? lowerer.typed("Mul", [name, lowerer.builder.constant("float32", window.shares, [1, outHeight, outWidth, 1])], "float32") : name;
}

function gradient(pool: (lowerer: Lowerer, node: GraphNode, window: Window) => string): Lowering {
  return (lowerer, node) => {
    const { shape } = inputOf(node, "input");
    const window = windowOf(poolInfoOf(node.attrs, shape));
    return cropped(lowerer, pool(lowerer, node, window), window, shape);
  };
}

/** Pooling and its gradients. */
export const poolings: Lowerings = {
  AvgPool: (lowerer, node) => {
    const info = poolInfoOf(node.attrs, inputOf(node, "x").shape);
    const window = windowOf(info);
    return shared(lowerer, lowerer.typed("AvgPool", [padded(lowerer, lowerer.as(inputOf(node, "x"), "float32"), window, 0)], "float32", window.attributes), window, info);
  },
  MaxPool: (lowerer, node) => {
    const window = windowOf(poolInfoOf(node.attrs, inputOf(node, "x").shape));
    return lowerer.typed("MaxPool", [padded(lowerer, lowerer.as(inputOf(node, "x"), "float32"), window, lowest)], "float32", window.attributes);
  },
  /** As tfjs's kernel, it divides by the whole window at the edges too; core's gradient of the average, which does not, is made of other kernels. */
  AvgPoolGrad: gradient((lowerer, node, window) => lowerer.typed("AvgPoolGrad", [lowerer.int32(window.padded), lowerer.name(inputOf(node, "dy"))], "float32", window.attributes)),
  MaxPoolGrad: gradient((lowerer, node, window) =>
    lowerer.typed("MaxPoolGrad", [padded(lowerer, lowerer.name(inputOf(node, "input")), window, lowest), lowerer.name(inputOf(node, "output")), lowerer.name(inputOf(node, "dy"))], "float32", window.attributes)),
};
