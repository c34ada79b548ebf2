import { convInfoOf, type GraphNode, type Value } from "@idgan/core";
import { blockedConvolution, blockedConvolutionToInput } from "./blocked-convolution.js";
import { blockedFilterGradient } from "./blocked-filter-gradient.js";
import { blockedDepthwise, blockedDepthwiseToInput } from "./blocked-images.js";
import { correlate, correlateTransposed } from "./correlation.js";
import { filterGradient } from "./filter-gradient.js";
import { four, sizeOf, type Form } from "./form.js";
import { inputOf, rows, type Lowerer, type Lowering } from "./lowerer.js";
import { nativeConvolution, nativeConvolutionToFilter, nativeConvolutionToInput } from "./native-convolution.js";
import { gatherPatches, imagesOf, isFree, tapCount, windowCount, type Images } from "./patches.js";
import { listOf } from "./shape.js";
import { inPhases, phasesOf } from "./phases.js";
import { windowOf } from "./window.js";

function imagesOfValue(lowerer: Lowerer, value: Value): Images {
  return imagesOf(lowerer.array(value), value.shape);
}

function forward(lowerer: Lowerer, node: GraphNode): Form {
  const x = inputOf(node, "x");
  const filter = inputOf(node, "filter");
  const info = convInfoOf(node.attrs, x.shape, filter.shape);
  const window = windowOf(info);
  if (lowerer.plan.style === "native" && !isFree(window)) return nativeConvolution(lowerer, x, filter, window);
  const blocked = blockedConvolution(lowerer, x, filter, window);
  if (blocked) return blocked;
  const weights = lowerer.shaped(filter, [tapCount(window) * info.inChannels, info.outChannels]);
  return rows(correlate(lowerer, imagesOfValue(lowerer, x), window, weights), [info.batchSize * windowCount(window), info.outChannels]);
}

function toFilter(lowerer: Lowerer, node: GraphNode): Form {
  const x = inputOf(node, "x");
  const dy = inputOf(node, "dy");
  const shape = listOf(node, "filterShape");
  const info = convInfoOf(node.attrs, x.shape, shape);
  const window = windowOf(info);
  if (lowerer.plan.style === "native" && !isFree(window)) return nativeConvolutionToFilter(lowerer, x, dy, window, shape);
  const blocked = blockedFilterGradient(lowerer, x, dy, window);
  if (blocked) return blocked;
  const { name, shape: sumShape } = filterGradient(lowerer, imagesOfValue(lowerer, x), imagesOfValue(lowerer, dy), window);
  return rows(name, sumShape);
}

/** The gradient of the input, which is also the transposed convolution. */
function toInput(lowerer: Lowerer, node: GraphNode): Form {
  const dy = inputOf(node, "dy");
  const filter = inputOf(node, "filter");
  const inputShape = listOf(node, "inputShape");
  const info = convInfoOf(node.attrs, inputShape, filter.shape);
  const window = windowOf(info);
  if (lowerer.plan.style === "native" && !isFree(window)) return nativeConvolutionToInput(lowerer, dy, filter, window, inputShape);
  const blocked = blockedConvolutionToInput(lowerer, dy, filter, window);
  if (blocked) return blocked;
  const [batch, height, width, channels] = four(inputShape);
  const shape = [batch, height * width, channels];
  if (isFree(window)) {
    const gradient = lowerer.shaped(dy, [batch * windowCount(window), info.outChannels]);
    const weights = lowerer.shaped(filter, [tapCount(window) * channels, info.outChannels]);
    return rows(correlateTransposed(lowerer, gradient, batch, window, weights, channels), shape);
  }
  return rows(inPhases(lowerer, imagesOfValue(lowerer, dy), filter, phasesOf(window)), shape);
}

/** Depthwise filters `[height, width, channels, multiplier]` as ONNX's grouped `[channels * multiplier, 1, height, width]`. */
function groupedWeights(lowerer: Lowerer, filter: Value): string {
  const [height, width, channels, multiplier] = four(filter.shape);
  const moved = lowerer.transpose(lowerer.array(filter), [2, 3, 0, 1]);
  return lowerer.reshape(rows(moved, [channels, multiplier, height, width]), [channels * multiplier, 1, height, width]);
}

function depthwise(lowerer: Lowerer, node: GraphNode): Form {
  const x = inputOf(node, "x");
  const filter = inputOf(node, "filter");
  const info = convInfoOf(node.attrs, x.shape, filter.shape, true);
  const blocked = blockedDepthwise(lowerer, x, filter, windowOf(info));
  if (blocked) return blocked;
  return nativeConvolution(lowerer, x, filter, windowOf(info), groupedWeights(lowerer, filter), info.inChannels);
}

function depthwiseToInput(lowerer: Lowerer, node: GraphNode): Form {
  const dy = inputOf(node, "dy");
  const filter = inputOf(node, "filter");
  const inputShape = listOf(node, "inputShape");
  const info = convInfoOf(node.attrs, inputShape, filter.shape, true);
  const blocked = blockedDepthwiseToInput(lowerer, dy, filter, windowOf(info));
  if (blocked) return blocked;
  return nativeConvolutionToInput(lowerer, dy, filter, windowOf(info), inputShape, groupedWeights(lowerer, filter), info.inChannels);
}

/** `sum over windows of patch[tap, channel] * dy[channel, multiplier]` */
function depthwiseToFilter(lowerer: Lowerer, node: GraphNode): Form {
  const x = inputOf(node, "x");
  const dy = inputOf(node, "dy");
  const shape = listOf(node, "filterShape");
  const [, , channels, multiplier] = four(shape);
  const window = windowOf(convInfoOf(node.attrs, x.shape, shape, true));
  const images = imagesOfValue(lowerer, x);
  const count = images.batch * windowCount(window);
  const taps = tapCount(window);
  const patches = gatherPatches(lowerer, images, window);
  const left = lowerer.reshape(rows(patches, [count, taps * channels]), [count, taps, channels, 1]);
  const product = lowerer.emit("Mul", [left, lowerer.shaped(dy, [count, 1, channels, multiplier])]);
  const flat = lowerer.reshape(rows(product, [count, taps, channels, multiplier]), [count, sizeOf([taps, channels, multiplier])]);
  const ones = lowerer.builder.constant("float32", new Float32Array(count).fill(1), [1, count]);
  return rows(lowerer.emit("MatMul", [ones, flat]), [1, sizeOf(shape)]);
}

export const convolutions: Readonly<Record<string, Lowering>> = {
  Conv2D: forward,
  Conv2DBackpropFilter: toFilter,
  Conv2DBackpropInput: toInput,
  DepthwiseConv2dNative: depthwise,
  DepthwiseConv2dNativeBackpropInput: depthwiseToInput,
  DepthwiseConv2dNativeBackpropFilter: depthwiseToFilter,
};
