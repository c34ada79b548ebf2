import type { DataType } from "@idgan/core";
import { inputOf, numberOf, outputOf, type Lowering, type Lowerings } from "./lowerer.js";

/** tfjs's names of arithmetic, and TensorFlow's; both broadcast alike. */
const arithmetic = { Add: "AddV2", Sub: "Sub", Multiply: "Mul", RealDiv: "RealDiv", Maximum: "Maximum", Minimum: "Minimum", Pow: "Pow", Mod: "FloorMod", Atan2: "Atan2" } as const;
const comparisons = ["Equal", "NotEqual", "Greater", "GreaterEqual", "Less", "LessEqual"] as const;
const toFloat = ["Exp", "Expm1", "Log", "Log1p", "Sqrt", "Rsqrt", "Reciprocal", "Sin", "Cos", "Tanh", "Sigmoid", "Softplus", "Elu", "Erf"] as const;
const same = ["Square", "Abs", "Neg", "Sign", "Relu"] as const;
/** Whole numbers are themselves already. */
const rounding = { Floor: "Floor", Ceil: "Ceil", Round: "Round" } as const;

function binary(op: string): Lowering {
  return (lowerer, node) => {
    const { dtype } = inputOf(node, "a");
    return lowerer.typed(op, [lowerer.name(inputOf(node, "a")), lowerer.as(inputOf(node, "b"), dtype)], dtype);
  };
}

function unary(op: string, dtype?: DataType): Lowering {
  return (lowerer, node) => {
    const x = inputOf(node, "x");
    return lowerer.typed(op, [lowerer.as(x, dtype ?? x.dtype)], dtype ?? x.dtype);
  };
}

function lowered(names: readonly string[], lowering: (name: string) => Lowering): Lowerings {
  return Object.fromEntries(names.map((name) => [name, lowering(name)]));
}

const logical = (op: string): Lowering => (lowerer, node) => lowerer.emit(op, [lowerer.as(inputOf(node, "a"), "bool"), lowerer.as(inputOf(node, "b"), "bool")]);

/** Kernels that work element by element. */
export const elementwise: Lowerings = {
  ...Object.fromEntries(Object.entries(arithmetic).map(([kernel, op]) => [kernel, binary(op)])),
  ...lowered(comparisons, binary),
  ...lowered(toFloat, (op) => unary(op, "float32")),
  ...lowered(same, (op) => unary(op)),
  ...Object.fromEntries(Object.entries(rounding).map(([kernel, op]): [string, Lowering] => [kernel, (lowerer, node) => (inputOf(node, "x").dtype === "float32" ? unary(op)(lowerer, node) : lowerer.name(inputOf(node, "x")))])),
  FloorDiv: (lowerer, node) => lowerer.cast(binary("FloorDiv")(lowerer, node), inputOf(node, "a").dtype, "int32"),
  LogicalAnd: logical("LogicalAnd"),
  LogicalOr: logical("LogicalOr"),
  LogicalNot: (lowerer, node) => lowerer.emit("LogicalNot", [lowerer.as(inputOf(node, "x"), "bool")]),
  IsNan: unary("IsNan", "float32"),
  IsFinite: unary("IsFinite", "float32"),
  LeakyRelu: (lowerer, node) => lowerer.typed("LeakyRelu", [lowerer.as(inputOf(node, "x"), "float32")], "float32", { alpha: { float: numberOf(node, "alpha") } }),
  Step: (lowerer, node) => {
    const x = inputOf(node, "x");
    const above = lowerer.typed("Greater", [lowerer.name(x), lowerer.builder.scalar(0, x.dtype)], x.dtype);
    return lowerer.typed("SelectV2", [above, lowerer.builder.scalar(1, x.dtype), lowerer.builder.scalar(numberOf(node, "alpha"), x.dtype)], x.dtype);
  },
  ClipByValue: (lowerer, node) => {
    const x = inputOf(node, "x");
    const [low, high] = ["clipValueMin", "clipValueMax"].map((name) => lowerer.builder.scalar(numberOf(node, name), x.dtype));
    return lowerer.typed("ClipByValue", [lowerer.name(x), low ?? "", high ?? ""], x.dtype);
  },
  Cast: (lowerer, node) => lowerer.as(inputOf(node, "x"), outputOf(node).dtype),
  Select: (lowerer, node) => {
    const { dtype } = outputOf(node);
    return lowerer.typed("SelectV2", [lowerer.as(inputOf(node, "condition"), "bool"), lowerer.as(inputOf(node, "t"), dtype), lowerer.as(inputOf(node, "e"), dtype)], dtype);
  },
};
