import { IdganError } from "../../contract/error.js";
import { convInfoOf } from "../window.js";
import { numbersOf, sizeOf, type Attributes, type KernelCall, type Rule, type Rules } from "./rule.js";

/** The attributes as tfjs passes them, without those that are undefined; only NHWC. */
function attrsOf(call: KernelCall): Attributes {
  if (call.attrs["dataFormat"] === "NCHW") {
    throw new IdganError("ENGINE_KERNEL", `${call.kernel} with dataFormat "NCHW" cannot be traced. Use "NHWC", tfjs's default.`);
  }
  return Object.fromEntries(Object.entries(call.attrs).filter(([, value]) => value !== undefined && value !== null));
}

function forward(depthwise: boolean): Rule {
  return (call) => {
    const attrs = attrsOf(call);
    const info = convInfoOf(attrs, call.input("x").shape, call.input("filter").shape, depthwise);
    return sizeOf(call.input("x").shape) === 0 ? call.uniform(info.outShape, 0, "float32") : call.record(info.outShape, "float32", attrs);
  };
}

const toInput: Rule = (call) => call.record(numbersOf(call, "inputShape"), "float32", attrsOf(call));
const toFilter: Rule = (call) => call.record(numbersOf(call, "filterShape"), "float32", attrsOf(call));

/** Two-dimensional convolutions and their gradients, NHWC, attributes as tfjs passes them: see `convInfoOf`. */
export const convolutions: Rules = {
  Conv2D: forward(false),
  Conv2DBackpropInput: toInput,
  Conv2DBackpropFilter: toFilter,
  DepthwiseConv2dNative: forward(true),
  DepthwiseConv2dNativeBackpropInput: toInput,
  DepthwiseConv2dNativeBackpropFilter: toFilter,
};
