import type { Value } from "@idgan/core";
import { four, type Form } from "./form.js";
import { rows, type Lowerer } from "./lowerer.js";
import { paddingOf, type Window } from "./window.js";

/** ONNX's attributes for a window; its pads must be the exact ones, since ONNX leaves no pixel over. */
export function attributesOf(window: Window, group: number): Readonly<Record<string, number | readonly number[]>> {
  const { vertical, horizontal } = window;
  const [top, bottom] = paddingOf(vertical);
  const [left, right] = paddingOf(horizontal);
  return {
    kernel_shape: [vertical.taps, horizontal.taps],
    strides: [vertical.stride, horizontal.stride],
    dilations: [vertical.dilation, horizontal.dilation],
    pads: [top, left, bottom, right],
    group,
  };
}

function weightsOf(lowerer: Lowerer, filter: Value): string {
  return lowerer.transpose(lowerer.array(filter), [3, 2, 0, 1]);
}

function channelsFirst(name: string, shape: readonly number[]): Form {
  return { name, shape, order: "channelsFirst" };
}

/** ONNX's Conv; `weights` for grouped filters, which are laid out differently. */
export function nativeConvolution(lowerer: Lowerer, x: Value, filter: Value, window: Window, weights = weightsOf(lowerer, filter), group = 1): Form {
  const [batch] = four(x.shape);
  const outChannels = group === 1 ? (filter.shape[3] ?? 1) : group * (filter.shape[3] ?? 1);
  const name = lowerer.emit("Conv", [lowerer.channelsFirst(x), weights], attributesOf(window, group));
  return channelsFirst(name, [batch, outChannels, window.vertical.windows, window.horizontal.windows]);
}

/** ONNX's ConvTranspose, with the rows that no window reaches added at the end. */
export function nativeConvolutionToInput(lowerer: Lowerer, dy: Value, filter: Value, window: Window, inputShape: readonly number[], weights = weightsOf(lowerer, filter), group = 1): Form {
  const [batch, height, width, channels] = four(inputShape);
  const axes = [window.vertical, window.horizontal];
  // Windows that reach no pixel: ONNX would have an image of no size.
  if (axes.some((axis) => (axis.windows - 1) * axis.stride + (axis.taps - 1) * axis.dilation < axis.before)) return { name: lowerer.builder.scalar(0), shape: [], order: "uniform" };
  const ends = axes.map((axis) => axis.before + axis.length - ((axis.windows - 1) * axis.stride + (axis.taps - 1) * axis.dilation + 1));
  const [bottom = 0, right = 0] = ends.map((end) => Math.max(0, -end));
  const missing = ends.map((end) => Math.max(0, end));
  const attributes = { ...attributesOf(window, group), pads: [window.vertical.before, window.horizontal.before, bottom, right] };
  const transposed = lowerer.emit("ConvTranspose", [lowerer.channelsFirst(dy), weights], attributes);
  const { builder } = lowerer;
  const name = missing.every((count) => count === 0) ? transposed : lowerer.emit("Pad", [transposed, builder.int64([0, 0, 0, 0, 0, 0, ...missing])]);
  return channelsFirst(name, [batch, channels, height, width]);
}

/** The filter's gradient as a convolution of the input with `dy` whose batch and channels have changed places. */
export function nativeConvolutionToFilter(lowerer: Lowerer, x: Value, dy: Value, window: Window, shape: readonly number[]): Form {
  const { vertical, horizontal } = window;
  const [height, width, channels, outChannels] = four(shape);
  const [top, bottom] = paddingOf(vertical);
  const [left, right] = paddingOf(horizontal);
  const swapped = (value: Value): string => lowerer.transpose(lowerer.channelsFirst(value), [1, 0, 2, 3]);
  const taps = lowerer.emit("Conv", [swapped(x), swapped(dy)], {
    kernel_shape: [vertical.windows, horizontal.windows],
    strides: [vertical.dilation, horizontal.dilation],
    dilations: [vertical.stride, horizontal.stride],
    pads: [top, left, bottom, right],
  });
  const { builder } = lowerer;
  // Pixels that no window reaches give taps beyond the filter's.
  const exact = lowerer.emit("Slice", [taps, builder.int64([0, 0]), builder.int64([height, width]), builder.int64([2, 3])]);
  return rows(lowerer.transpose(exact, [2, 3, 0, 1]), [height, width, channels, outChannels]);
}
