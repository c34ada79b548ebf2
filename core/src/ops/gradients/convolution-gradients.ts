// Gradients of the convolutions and of their gradients. A convolution is linear in image and in filter, so each of the three kernels
// (forward, to the image, to the filter) has the other two as its derivatives.
import * as tf from "@tensorflow/tfjs";
import { defineGradient } from "./define-gradient.js";
import { insertZeros } from "./insert-zeros.js";

interface ConvolutionAttrs {
  readonly strides: number | [number, number];
  readonly pad: "valid" | "same" | number;
  readonly dataFormat?: "NHWC" | "NCHW";
  readonly dilations?: number | [number, number] | null;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

interface Family {
  readonly forward: string;
  readonly toInput: string;
  readonly toFilter: string;
  convolve(x: tf.Tensor4D, filter: tf.Tensor4D, attrs: ConvolutionAttrs): tf.Tensor;
  /** Attributes of the two gradient kernels, which take no dilation. */
  attrs(attrs: ConvolutionAttrs): object;
}

const full: Family = {
  forward: tf.Conv2D,
  toInput: tf.Conv2DBackpropInput,
  toFilter: tf.Conv2DBackpropFilter,
  convolve: (x, filter, { strides, pad, dataFormat, dimRoundingMode }) => tf.conv2d(x, filter, strides, pad, dataFormat, 1, dimRoundingMode),
  attrs: ({ strides, pad, dataFormat, dimRoundingMode }) => ({ strides, pad, dataFormat, dimRoundingMode }),
};

const depthwise: Family = {
  forward: tf.DepthwiseConv2dNative,
  toInput: tf.DepthwiseConv2dNativeBackpropInput,
  toFilter: tf.DepthwiseConv2dNativeBackpropFilter,
  convolve: (x, filter, { strides, pad, dimRoundingMode }) => tf.depthwiseConv2d(x, filter, strides, pad, "NHWC", 1, dimRoundingMode),
  attrs: ({ strides, pad, dimRoundingMode }) => ({ strides, pad, dimRoundingMode, dilations: [1, 1] }),
};

/** The filter of the undilated convolution that is equal to the dilated one. */
function dilate(filter: tf.Tensor, [rows, columns]: readonly [number, number]): tf.Tensor {
  return insertZeros(insertZeros(filter, 0, rows), 1, columns);
}

function gradientsOf({ forward, toInput, toFilter, convolve, attrs: shared }: Family): readonly tf.GradConfig[] {
  const runToInput = (dy: tf.Tensor, filter: tf.Tensor, inputShape: number[], attrs: ConvolutionAttrs): tf.Tensor =>
    tf.engine().runKernel<tf.Tensor>(toInput, { dy, filter }, { ...shared(attrs), inputShape });
  const runToFilter = (x: tf.Tensor, dy: tf.Tensor, filterShape: number[], attrs: ConvolutionAttrs): tf.Tensor =>
    tf.engine().runKernel<tf.Tensor>(toFilter, { x, dy }, { ...shared(attrs), filterShape });
  const run = (x: tf.Tensor, filter: tf.Tensor, attrs: ConvolutionAttrs): tf.Tensor => convolve(x as tf.Tensor4D, filter as tf.Tensor4D, attrs);
  return [
    defineGradient(forward, ["x", "filter"], (dy, { x, filter }, attrs: ConvolutionAttrs) => {
      const given = attrs.dilations ?? 1;
      const [rows, columns] = typeof given === "number" ? [given, given] : given;
      const wide = () => dilate(filter, [rows, columns]);
      const wideShape = filter.shape.map((length, i) => (i < 2 ? (length - 1) * (i === 0 ? rows : columns) + 1 : length));
      const narrow = (gradient: tf.Tensor): tf.Tensor =>
        rows * columns === 1 ? gradient : tf.stridedSlice(gradient, [0, 0, 0, 0], wideShape, [rows, columns, 1, 1]);
      return {
        x: () => runToInput(dy, wide(), x.shape, attrs),
        filter: () => narrow(runToFilter(x, dy, wideShape, attrs)),
      };
    }),
    defineGradient(toInput, ["dy", "filter"], (ddx, { dy, filter }, attrs: ConvolutionAttrs) => ({
      dy: () => run(ddx, filter, attrs),
      filter: () => runToFilter(ddx, dy, filter.shape, attrs),
    })),
    defineGradient(toFilter, ["x", "dy"], (ddw, { x, dy }, attrs: ConvolutionAttrs) => ({
      x: () => runToInput(dy, ddw, x.shape, attrs),
      dy: () => run(x, ddw, attrs),
    })),
  ];
}

/** Ordinary and depthwise convolutions, dilated or not; a separable one is made of both, and a transposed one is `toInput`. */
export const convolutionGradients: readonly tf.GradConfig[] = [...gradientsOf(full), ...gradientsOf(depthwise)];
