import type { Value } from "@idgan/core";
import type { Attribute, OnnxNode } from "../onnx/model.js";
import { blocksDomain } from "./blocks.js";
import { sizeOf, type Form } from "./form.js";
import type { Lowerer } from "./lowerer.js";

/** Matrix products or convolutions that make up one value. */
export interface Product {
  /** Their names in the model. */
  readonly parts: readonly string[];
  /** Moves what the parts hold to its place, and computes nothing. */
  readonly assemble: (parts: readonly string[]) => string;
  /** One number for each column of a part, of one for each channel of the value: a bias under another shape. */
  readonly spread: (perChannel: string) => string;
}

/** A product in parts of the batch, one below the other. */
export function stacked(lowerer: Lowerer, parts: readonly string[]): Product {
  const [first = ""] = parts;
  return { parts, assemble: (list) => (list.length === 1 ? (list[0] ?? first) : lowerer.emit("Concat", list, { axis: 0 })), spread: (bias) => bias };
}

/** What became of a product that nothing else reads. */
function changed(lowerer: Lowerer, value: Value, change: (part: OnnxNode, product: Product) => string | undefined): Form | undefined {
  const form = lowerer.form(value);
  const product = lowerer.uses(value) === 1 && value.dtype === "float32" ? lowerer.productOf(form.name) : undefined;
  const parts = product?.parts.map((name) => {
    const part = lowerer.builder.producer(name);
    return part && change(part, product);
  });
  if (product === undefined || parts === undefined || !parts.every((part) => part !== undefined)) return undefined;
  return { ...form, name: lowerer.assemble({ ...product, parts }) };
}

/** Adds a bias, one number for each channel, to a product that nothing else reads; `undefined` where there is none. */
export function withBias(lowerer: Lowerer, value: Value, bias: Value): Form | undefined {
  const { order, shape } = lowerer.form(value);
  const channels = value.shape.at(-1);
  if (order === "rows" && shape.at(-1) !== channels) return undefined;
  if (bias.shape.at(-1) !== channels || sizeOf(bias.shape) !== channels || bias.shape.length > value.shape.length) return undefined;
  return changed(lowerer, value, (part, product) => {
    const isBare = (part.op === "Gemm" || part.op === "Conv") && part.inputs.length === 2 && part.attributes["activation"] === undefined;
    return isBare ? lowerer.emit(part.op, [...part.inputs, product.spread(lowerer.shaped(bias, [channels]))], part.attributes, part.domain) : undefined;
  });
}

/** What ONNX Runtime's blocked convolution can do to its result on the way. */
const fused = new Set(["Relu", "LeakyRelu", "Tanh", "Sigmoid"]);

/** Applies an operator to a product that nothing else reads, part by part, which ONNX Runtime makes a part of each; `undefined` where there is none. */
export function withActivation(lowerer: Lowerer, value: Value, op: string, attributes: Readonly<Record<string, Attribute>>): Form | undefined {
  return changed(lowerer, value, (part) => {
    const [name = ""] = part.outputs;
    if (part.domain !== blocksDomain || !fused.has(op) || part.attributes["activation"] !== undefined) return lowerer.emit(op, [name], attributes);
    const { alpha } = attributes;
    const numbers = typeof alpha === "object" && "float" in alpha ? { activation_params: { floats: [alpha.float] } } : {};
    return lowerer.emit(part.op, part.inputs, { ...part.attributes, activation: op, ...numbers }, part.domain);
  });
}
