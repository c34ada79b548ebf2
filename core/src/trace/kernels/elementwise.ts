import * as tf from "@tensorflow/tfjs";
import type { DataType } from "../graph.js";
import { dtypeOf, numberOf, type Rule, type Rules } from "./rule.js";

function broadcast(a: readonly number[], b: readonly number[]): number[] {
  return tf.backend_util.assertAndGetBroadcastShape([...a], [...b]);
}

function binary(dtype?: DataType): Rule {
  return (call) => {
    const a = call.input("a");
    const b = call.input("b");
    return call.record(broadcast(a.shape, b.shape), dtype ?? a.dtype);
  };
}

function unary(dtype?: DataType): Rule {
  return (call) => {
    const x = call.input("x");
    return call.record(x.shape, dtype ?? x.dtype);
  };
}

function rulesOf(kernels: readonly string[], rule: Rule): Rules {
  return Object.fromEntries(kernels.map((kernel) => [kernel, rule]));
}

/** Arithmetic of two values that broadcast, as `{ a, b }`; no attributes. */
export const arithmeticKernels = ["Add", "Sub", "Multiply", "RealDiv", "Maximum", "Minimum", "Pow", "Mod", "Atan2"] as const;
/** As arithmetic, but the result is bool. */
export const comparisonKernels = ["Equal", "NotEqual", "Greater", "GreaterEqual", "Less", "LessEqual", "LogicalAnd", "LogicalOr"] as const;
/** One value `{ x }` to float32; no attributes. */
export const floatKernels = [
  "Exp", "Expm1", "Log", "Log1p", "Sqrt", "Rsqrt", "Reciprocal", "Sin", "Cos", "Tanh", "Sigmoid", "Softplus", "Elu", "Erf",
] as const;
/** One value `{ x }` to the same dtype; no attributes. */
export const sameKernels = ["Square", "Abs", "Neg", "Sign", "Relu", "Floor", "Ceil", "Round"] as const;

/** Kernels that work element by element; each input broadcasts, except those of `Select`, which have the output's shape. */
export const elementwise: Rules = {
  ...rulesOf(arithmeticKernels, binary()),
  ...rulesOf(comparisonKernels, binary("bool")),
  FloorDiv: binary("int32"),
  ...rulesOf(floatKernels, unary("float32")),
  ...rulesOf(sameKernels, unary()),
  ...rulesOf(["IsNan", "IsFinite", "LogicalNot"], unary("bool")),
  LeakyRelu: (call) => call.record(call.input("x").shape, "float32", { alpha: numberOf(call, "alpha") }),
  Step: (call) => call.record(call.input("x").shape, call.input("x").dtype, { alpha: Number(call.attrs["alpha"] ?? 0) }),
  ClipByValue: (call) =>
    call.record(call.input("x").shape, call.input("x").dtype, {
      clipValueMin: numberOf(call, "clipValueMin"),
      clipValueMax: numberOf(call, "clipValueMax"),
    }),
  Cast: (call) => call.record(call.input("x").shape, dtypeOf(call, "dtype"), { dtype: dtypeOf(call, "dtype") }),
  Select: (call) => call.record(call.input("t").shape, call.input("t").dtype),
};
