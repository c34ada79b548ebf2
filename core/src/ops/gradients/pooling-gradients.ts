// Gradients of two-dimensional pooling, of images `[batch, height, width, channels]`.
import * as tf from "@tensorflow/tfjs";
import { declareConstant } from "../declared-constant.js";
import { constantOf, detach } from "./constant-of.js";
import { defineGradient } from "./define-gradient.js";

interface PoolAttrs {
  readonly filterSize: number | [number, number];
  readonly strides: number | [number, number];
  readonly pad: "valid" | "same" | number;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

type Windows = ReturnType<typeof tf.backend_util.computePool2DInfo>;

function windowsOf(x: tf.Tensor, { filterSize, strides, pad, dimRoundingMode }: PoolAttrs): Windows {
  return tf.backend_util.computePool2DInfo(x.shape as [number, number, number, number], filterSize, strides, 1, pad, dimRoundingMode);
}

/** Whether each pixel lies in exactly one window. */
function tiles({ filterHeight, filterWidth, strideHeight, strideWidth, inHeight, inWidth, outHeight, outWidth }: Windows): boolean {
  return filterHeight === strideHeight && filterWidth === strideWidth && outHeight * filterHeight === inHeight && outWidth * filterWidth === inWidth;
}

/** How many of a window's positions along one axis lie inside the image. */
function covered(windows: number, stride: number, length: number, before: number, size: number): readonly number[] {
  return Array.from({ length: windows }, (_, i) => Math.min(i * stride - before + length, size) - Math.max(i * stride - before, 0));
}

/** 1 / the number of pixels of each window that lie inside the image, `[1, height, width, 1]`: tfjs averages over those alone. */
function shares(windows: Windows): tf.Tensor {
  const rows = covered(windows.outHeight, windows.strideHeight, windows.filterHeight, windows.padInfo.top, windows.inHeight);
  const columns = covered(windows.outWidth, windows.strideWidth, windows.filterWidth, windows.padInfo.left, windows.inWidth);
  return declareConstant(tf.tensor4d(rows.flatMap((row) => columns.map((column) => 1 / (row * column))), [1, rows.length, columns.length, 1]));
}

/**
 * Gradient of the average. It is not the kernel AvgPoolGrad, which has no gradient, and which on tfjs's cpu backend divides by the whole
 * window at the edges too, where the average itself does not.
 */
function averageGradient(dy: tf.Tensor, x: tf.Tensor, attrs: PoolAttrs): tf.Tensor {
  const windows = windowsOf(x, attrs);
  const { filterHeight, filterWidth, inHeight, inWidth, inChannels } = windows;
  if (tiles(windows)) {
    return tf.mul(tf.image.resizeNearestNeighbor(dy as tf.Tensor4D, [inHeight, inWidth]), 1 / (filterHeight * filterWidth));
  }
  const { strides, pad, dimRoundingMode } = attrs;
  return tf.engine().runKernel<tf.Tensor>(
    tf.DepthwiseConv2dNativeBackpropInput,
    { dy: tf.mul(dy, shares(windows)), filter: tf.ones([filterHeight, filterWidth, inChannels, 1]) },
    { strides, pad, dimRoundingMode, dilations: [1, 1], inputShape: x.shape } as tf.NamedAttrMap,
  );
}

/** From each window, the value at the pixel that was its maximum: the first one in case of a tie, as in MaxPoolGrad. */
function takeAtMaximum(values: tf.Tensor, x: tf.Tensor, y: tf.Tensor, attrs: PoolAttrs): tf.Tensor {
  const { padInfo, filterHeight, filterWidth, strideHeight, strideWidth, outHeight, outWidth, inHeight, inWidth, batchSize, inChannels } = windowsOf(x, attrs);
  const height = (outHeight - 1) * strideHeight + 1;
  const width = (outWidth - 1) * strideWidth + 1;
  const bottom = Math.max(0, height + filterHeight - 1 - padInfo.top - inHeight);
  const right = Math.max(0, width + filterWidth - 1 - padInfo.left - inWidth);
  const pad = (image: tf.Tensor, value: number): tf.Tensor => tf.pad(image, [[0, 0], [padInfo.top, bottom], [padInfo.left, right], [0, 0]], value);
  const at = (image: tf.Tensor, row: number, column: number): tf.Tensor =>
    tf.stridedSlice(image, [0, row, column, 0], [batchSize, row + height, column + width, inChannels], [1, strideHeight, strideWidth, 1]);
  const candidates = constantOf(() => pad(x, -Infinity));
  const from = pad(values, 0);
  let free = constantOf(() => tf.fill(y.shape, 1));
  let taken: tf.Tensor | undefined;
  for (let row = 0; row < filterHeight; row += 1) {
    for (let column = 0; column < filterWidth; column += 1) {
      const hit = constantOf(() => tf.mul(tf.cast(tf.equal(at(candidates, row, column), y), "float32"), free));
      const value = tf.mul(at(from, row, column), hit);
      free = tf.sub(free, hit);
      taken = taken ? tf.add(taken, value) : value;
    }
  }
  return taken ?? tf.zerosLike(y);
}

export const poolingGradients: readonly tf.GradConfig[] = [
  defineGradient(tf.AvgPool, ["x"], (dy, { x }, attrs: PoolAttrs) => ({ x: () => averageGradient(dy, x, attrs) })),
  defineGradient(tf.MaxPool, ["x", "y"], (dy, { x, y }, attrs: PoolAttrs) => ({
    x: () => tf.engine().runKernel<tf.Tensor>(tf.MaxPoolGrad, { dy, input: detach(x), output: detach(y) }, { ...attrs } as tf.NamedAttrMap),
  })),
  defineGradient(tf.MaxPoolGrad, ["input", "output"], (ddx, { input, output }, attrs: PoolAttrs) => ({
    dy: () => takeAtMaximum(ddx, input, output, attrs),
  })),
];
