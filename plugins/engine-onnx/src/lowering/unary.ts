import type { GraphNode } from "@idgan/core";
import type { Attribute } from "../onnx/model.js";
import type { Form } from "./form.js";
import { castTo, inputOf, outputOf, type Lowerer, type Lowering } from "./lowerer.js";
import { withActivation } from "./product.js";

/** The largest float32: a number above 0 times it is at least 1, but for the smallest subnormals. */
const largest = 3.402_823_466_385_288_6e38;

function unary(emit: (lowerer: Lowerer, x: string, node: GraphNode) => string): Lowering {
  return (lowerer, node) => {
    const form = lowerer.form(inputOf(node, "x"));
    return { ...form, name: emit(lowerer, form.name, node) };
  };
}

/** Operators that ONNX Runtime makes a part of the product before them. */
function activation(op: string, attributes: Readonly<Record<string, Attribute>> = {}): Lowering {
  return (lowerer, node) => withActivation(lowerer, inputOf(node, "x"), op, attributes) ?? throughFloat(op, attributes)(lowerer, node);
}

function simple(op: string, attributes: Readonly<Record<string, Attribute>> = {}): Lowering {
  return unary((lowerer, x) => lowerer.emit(op, [x], attributes));
}

/** For operators that ONNX Runtime has for floats only. */
function throughFloat(op: string, attributes: Readonly<Record<string, Attribute>> = {}): Lowering {
  return unary((lowerer, x, node) => {
    const { dtype } = inputOf(node, "x");
    const result = lowerer.emit(op, [castTo(lowerer, x, dtype, "float32")], attributes);
    return castTo(lowerer, result, "float32", outputOf(node).dtype);
  });
}

/** Accurate where `x` is small: log(1 + x) = 2 atanh(x / (2 + x)). */
function logOfOnePlus(lowerer: Lowerer, x: string): string {
  const ratio = lowerer.emit("Div", [x, lowerer.emit("Add", [x, lowerer.builder.scalar(2)])]);
  return lowerer.emit("Mul", [lowerer.emit("Atanh", [ratio]), lowerer.builder.scalar(2)]);
}

function isSmall(lowerer: Lowerer, x: string): string {
  return lowerer.emit("Less", [lowerer.emit("Abs", [x]), lowerer.builder.scalar(0.5)]);
}

function log1p(lowerer: Lowerer, x: string): string {
  const plain = lowerer.emit("Log", [lowerer.emit("Add", [x, lowerer.builder.scalar(1)])]);
  return lowerer.emit("Where", [isSmall(lowerer, x), logOfOnePlus(lowerer, x), plain]);
}

/** exp(x) - 1 = 2 t / (1 - t) with t = tanh(x / 2), where `x` is small. */
function expm1(lowerer: Lowerer, x: string): string {
  const { builder } = lowerer;
  const t = lowerer.emit("Tanh", [lowerer.emit("Mul", [x, builder.scalar(0.5)])]);
  const small = lowerer.emit("Div", [lowerer.emit("Mul", [t, builder.scalar(2)]), lowerer.emit("Sub", [builder.scalar(1), t])]);
  return lowerer.emit("Where", [isSmall(lowerer, x), small, lowerer.emit("Sub", [lowerer.emit("Exp", [x]), builder.scalar(1)])]);
}

/**
 * max(x, 0) + log(1 + u) with u = exp(-|x|), in operators that use all threads: ONNX Runtime's Softplus and Atanh use one.
 * What rounding to w = 1 + u lost, (u - (w - 1)) / w, is added to log(w).
 */
function softplus(lowerer: Lowerer, x: string): string {
  const { builder } = lowerer;
  const [zero, one] = [builder.scalar(0), builder.scalar(1)];
  const distance = lowerer.emit("Max", [x, lowerer.emit("Mul", [x, builder.scalar(-1)])]);
  const u = lowerer.emit("Exp", [lowerer.emit("Mul", [distance, builder.scalar(-1)])]);
  const w = lowerer.emit("Add", [u, one]);
  const lost = lowerer.emit("Div", [lowerer.emit("Sub", [u, lowerer.emit("Sub", [w, one])]), w]);
  const log = lowerer.emit("Add", [lowerer.emit("Log", [w]), lost]);
  return lowerer.emit("Add", [lowerer.emit("Max", [x, zero]), log]);
}

/** The sign of x is also that of its rectification, which is kept anyway; so x itself need not be. */
function relu(lowerer: Lowerer, node: GraphNode): Form {
  const x = inputOf(node, "x");
  lowerer.note("rectified", x, outputOf(node));
  return (x.dtype === "float32" ? activation("Relu") : unary((_, name) => lowerer.emit("Max", [name, zeroOf(lowerer, x.dtype)])))(lowerer, node);
}

function leakyRelu(lowerer: Lowerer, node: GraphNode): Form {
  const alpha = Number(node.attrs["alpha"]);
  if (alpha > 0) lowerer.note("rectified", inputOf(node, "x"), outputOf(node));
  return activation("LeakyRelu", { alpha: { float: alpha } })(lowerer, node);
}

function zeroOf(lowerer: Lowerer, dtype: "float32" | "int32" | "bool"): string {
  return dtype === "float32" ? lowerer.builder.scalar(0) : lowerer.builder.constant("int32", Int32Array.of(0), []);
}

/** 1 above 0, else `alpha`: in one pass, as HardSigmoid with the steepest slope. */
function step(lowerer: Lowerer, node: GraphNode): Form {
  const x = inputOf(node, "x");
  const form = lowerer.form(lowerer.noted("rectified", x) ?? x);
  const input = castTo(lowerer, form.name, x.dtype, "float32");
  const alpha = Number(node.attrs["alpha"] ?? 0);
  const unit = lowerer.once(`step ${input}`, () => lowerer.emit("HardSigmoid", [input], { alpha: { float: largest }, beta: { float: 0 } }));
  const slope = lowerer.builder.scalar(alpha);
  const others = (): string => lowerer.emit("Add", [lowerer.emit("Mul", [unit, lowerer.builder.scalar(1 - alpha)]), slope]);
  const result = alpha === 0 ? unit : alpha > 0 && alpha < 1 ? lowerer.emit("Max", [unit, slope]) : others();
  return { ...form, name: castTo(lowerer, result, "float32", outputOf(node).dtype) };
}

function clip(lowerer: Lowerer, node: GraphNode): Form {
  const low = Number(node.attrs["clipValueMin"]);
  const high = Number(node.attrs["clipValueMax"]);
  const { builder } = lowerer;
  const bounds = outputOf(node).dtype === "int32"
    ? [low, high].map((bound) => builder.constant("int32", Int32Array.of(bound), []))
    : [builder.scalar(low), builder.scalar(high)];
  return unary((_, x) => lowerer.emit("Clip", [x, ...bounds]))(lowerer, node);
}

function isFiniteNumber(lowerer: Lowerer, x: string, node: GraphNode): string {
  const input = castTo(lowerer, x, inputOf(node, "x").dtype, "float32");
  return lowerer.emit("Not", [lowerer.emit("Or", [lowerer.emit("IsNaN", [input]), lowerer.emit("IsInf", [input])])]);
}

export const unaries: Readonly<Record<string, Lowering>> = {
  Exp: throughFloat("Exp"),
  Expm1: unary(expm1),
  Log: throughFloat("Log"),
  Log1p: unary(log1p),
  Sqrt: throughFloat("Sqrt"),
  Rsqrt: unary((lowerer, x) => lowerer.emit("Div", [lowerer.builder.scalar(1), lowerer.emit("Sqrt", [x])])),
  Reciprocal: unary((lowerer, x) => lowerer.emit("Div", [lowerer.builder.scalar(1), x])),
  Sin: throughFloat("Sin"),
  Cos: throughFloat("Cos"),
  Tanh: activation("Tanh"),
  Sigmoid: activation("Sigmoid"),
  Softplus: unary(softplus),
  Elu: activation("Elu"),
  Erf: throughFloat("Erf"),
  Square: unary((lowerer, x) => lowerer.emit("Mul", [x, x])),
  Abs: simple("Abs"),
  // Mul runs on all threads, Neg on one.
  Neg: unary((lowerer, x, node) => (inputOf(node, "x").dtype === "float32" ? lowerer.emit("Mul", [x, lowerer.builder.scalar(-1)]) : lowerer.emit("Neg", [x]))),
  Sign: simple("Sign"),
  Floor: throughFloat("Floor"),
  Ceil: throughFloat("Ceil"),
  Round: throughFloat("Round"),
  Relu: relu,
  LeakyRelu: leakyRelu,
  Step: step,
  ClipByValue: clip,
  IsNan: unary((lowerer, x, node) => lowerer.emit("IsNaN", [castTo(lowerer, x, inputOf(node, "x").dtype, "float32")])),
  IsFinite: unary(isFiniteNumber),
  LogicalNot: unary((lowerer, x, node) => lowerer.emit("Not", [castTo(lowerer, x, inputOf(node, "x").dtype, "bool")])),
  Cast: unary((lowerer, x, node) => castTo(lowerer, x, inputOf(node, "x").dtype, outputOf(node).dtype)),
  Identity: unary((_, x) => x),
};
