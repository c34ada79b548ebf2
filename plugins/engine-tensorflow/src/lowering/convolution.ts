import { convInfoOf, type ConvInfo, type GraphNode } from "@idgan/core";
import type { Attribute } from "../saved-model/graph-def.js";
import { inputOf, numbersOf, type Lowering, type Lowerings } from "./lowerer.js";

/** Padding before and after along one axis, so that a window of `size` fits exactly `count` times. */
export function paddingOf(length: number, count: number, stride: number, size: number, before: number): readonly [number, number] {
  return [before, Math.max(0, (count - 1) * stride + size - length - before)];
}

function attributesOf(info: ConvInfo): Readonly<Record<string, Attribute>> {
  const rows = paddingOf(info.inHeight, info.outHeight, info.strideHeight, info.effectiveFilterHeight, info.padInfo.top);
  const columns = paddingOf(info.inWidth, info.outWidth, info.strideWidth, info.effectiveFilterWidth, info.padInfo.left);
  const none = [...rows, ...columns].every((each) => each === 0);
  const same = isSame(info.inHeight, info.outHeight, info.strideHeight, rows) && isSame(info.inWidth, info.outWidth, info.strideWidth, columns);
  const named = none ? "VALID" : same ? "SAME" : undefined;
  return {
    strides: { ints: [1, info.strideHeight, info.strideWidth, 1] },
    dilations: { ints: [1, info.dilationHeight, info.dilationWidth, 1] },
    padding: { text: named ?? "EXPLICIT" },
    explicit_paddings: { ints: named === undefined ? [0, 0, ...rows, ...columns, 0, 0] : [] },
    data_format: { text: "NHWC" },
  };
}

/** Whether these paddings are the ones that TensorFlow takes by itself under the name of `SAME`: the odd one after. oneDNN convolves with no others but none. */
function isSame(length: number, count: number, stride: number, [before, after]: readonly [number, number]): boolean {
  return count === Math.ceil(length / stride) && after - before >= 0 && after - before <= 1;
}

/** The sizes of the convolution that a node is, or is a gradient of. */
function infoOf(node: GraphNode, depthwise: boolean): ConvInfo {
  const input = node.kernel.endsWith("BackpropInput") ? numbersOf(node, "inputShape") : inputOf(node, "x").shape;
  const filter = node.kernel.endsWith("BackpropFilter") ? numbersOf(node, "filterShape") : inputOf(node, "filter").shape;
  return convInfoOf(node.attrs, input, filter, depthwise);
}

function forward(op: string, depthwise: boolean): Lowering {
  return (lowerer, node) => lowerer.typed(op, [lowerer.as(inputOf(node, "x"), "float32"), lowerer.name(inputOf(node, "filter"))], "float32", attributesOf(infoOf(node, depthwise)));
}

function toInput(op: string, depthwise: boolean): Lowering {
  return (lowerer, node) => {
    const inputs = [lowerer.int32(numbersOf(node, "inputShape")), lowerer.name(inputOf(node, "filter")), lowerer.name(inputOf(node, "dy"))];
    return lowerer.typed(op, inputs, "float32", attributesOf(infoOf(node, depthwise)));
  };
}

function toFilter(op: string, depthwise: boolean): Lowering {
  return (lowerer, node) => {
    const inputs = [lowerer.as(inputOf(node, "x"), "float32"), lowerer.int32(numbersOf(node, "filterShape")), lowerer.name(inputOf(node, "dy"))];
    return lowerer.typed(op, inputs, "float32", attributesOf(infoOf(node, depthwise)));
  };
}

/** Convolutions and both their gradients, which are ops of TensorFlow's own. */
export const convolutions: Lowerings = {
  Conv2D: forward("Conv2D", false),
  Conv2DBackpropInput: toInput("Conv2DBackpropInput", false),
  Conv2DBackpropFilter: toFilter("Conv2DBackpropFilter", false),
  DepthwiseConv2dNative: forward("DepthwiseConv2dNative", true),
  DepthwiseConv2dNativeBackpropInput: toInput("DepthwiseConv2dNativeBackpropInput", true),
  DepthwiseConv2dNativeBackpropFilter: toFilter("DepthwiseConv2dNativeBackpropFilter", true),
};
