import { IdganError } from "../../contract/error.js";
import type { Value } from "../graph.js";
import { numberOf, type KernelCall, type Rule, type Rules } from "./rule.js";

// The constants of SELU: Klambauer et al., https://arxiv.org/abs/1706.02515, as tfjs writes them.
const seluAlpha = 1.7580993408473768;
const seluScale = 1.0507009873554805;

function scalar(call: KernelCall, value: number): Value {
  return call.constant([value], [], "float32");
}

/** `where(x >= 0, x, other)` */
function whereNegative(call: KernelCall, x: Value, other: Value): Value {
  const condition = call.run("GreaterEqual", { a: x, b: scalar(call, 0) });
  const wide = call.run("BroadcastTo", { x: condition }, { shape: other.shape });
  return call.run("Select", { condition: wide, t: call.run("BroadcastTo", { x }, { shape: other.shape }), e: other });
}

function activate(call: KernelCall, x: Value): Value {
  switch (call.attrs["activation"]) {
    case "linear":
    case undefined:
    case null:
      return x;
    case "relu":
      return call.run("Relu", { x });
    case "relu6":
      return call.run("Relu6", { x });
    case "elu":
      return call.run("Elu", { x });
    case "sigmoid":
      return call.run("Sigmoid", { x });
    case "leakyrelu":
      return call.run("LeakyRelu", { x }, { alpha: call.attrs["leakyreluAlpha"] });
    case "prelu":
      return call.run("Prelu", { x, alpha: call.input("preluActivationWeights") });
    default:
      throw new IdganError("ENGINE_KERNEL", `${call.kernel} with activation "${String(call.attrs["activation"])}" cannot be traced.`);
  }
}

/** tfjs fuses bias and activation where no gradient is asked for. */
function fused(kernel: string, left: string, right: string): Rule {
  return (call) => {
    const { activation: _, leakyreluAlpha: __, ...attrs } = call.attrs;
    const product = call.run(kernel, { [left]: call.input(left), [right]: call.input(right) }, attrs);
    const bias = call.inputs["bias"];
    return activate(call, bias ? call.run("Add", { a: product, b: bias }) : product);
  };
}

/** The last axis is the only one that tfjs normalises over. */
function shifted(call: KernelCall): { readonly x: Value; readonly axis: readonly number[] } {
  const logits = call.input("logits");
  const axis = [logits.shape.length - 1];
  return { x: call.run("Sub", { a: logits, b: call.run("Max", { x: logits }, { axis, keepDims: true }) }), axis };
}

function softmax(call: KernelCall): Value {
  const { x, axis } = shifted(call);
  const exp = call.run("Exp", { x });
  return call.run("RealDiv", { a: exp, b: call.run("Sum", { x: exp }, { axis, keepDims: true }) });
}

function logSoftmax(call: KernelCall): Value {
  const { x, axis } = shifted(call);
  const sum = call.run("Sum", { x: call.run("Exp", { x }) }, { axis, keepDims: true });
  return call.run("Sub", { a: x, b: call.run("Log", { x: sum }) });
}

/** `(x - mean) * scale / sqrt(variance + epsilon) + offset` */
function batchNorm(call: KernelCall): Value {
  const epsilon = scalar(call, Number(call.attrs["varianceEpsilon"] ?? 0.001));
  const inverse = call.run("Rsqrt", { x: call.run("Add", { a: call.input("variance"), b: epsilon }) });
  const { scale, offset } = call.inputs;
  const factor = scale ? call.run("Multiply", { a: inverse, b: scale }) : inverse;
  const centred = call.run("Sub", { a: call.input("x"), b: call.input("mean") });
  const y = call.run("Multiply", { a: centred, b: factor });
  return offset ? call.run("Add", { a: y, b: offset }) : y;
}

/** Krizhevsky et al. 2012, section 3.3: `x * (bias + alpha * sum of x^2 over near channels) ^ -beta`. */
function localResponse(call: KernelCall): Value {
  const x = call.input("x");
  const channels = x.shape.at(-1) ?? 1;
  const radius = numberOf(call, "depthRadius");
  const near = Array.from({ length: channels * channels }, (_, i) => (Math.abs(Math.floor(i / channels) - (i % channels)) <= radius ? 1 : 0));
  const squares = call.run("Reshape", { x: call.run("Square", { x }) }, { shape: [-1, channels] });
  const sums = call.run("BatchMatMul", { a: squares, b: call.constant(near, [channels, channels], "float32") });
  const weighted = call.run("Multiply", { a: call.run("Reshape", { x: sums }, { shape: x.shape }), b: scalar(call, numberOf(call, "alpha")) });
  const base = call.run("Add", { a: weighted, b: scalar(call, numberOf(call, "bias")) });
  return call.run("Multiply", { a: x, b: call.run("Pow", { a: base, b: scalar(call, -numberOf(call, "beta")) }) });
}

/** `(expm1(x) + sign * expm1(-x)) / 2`, which is sinh for -1, and cosh - 1 for 1. */
function hyperbolic(call: KernelCall, sign: "Add" | "Sub"): Value {
  const x = call.input("x");
  const sum = call.run(sign, { a: call.run("Expm1", { x }), b: call.run("Expm1", { x: call.run("Neg", { x }) }) });
  return call.run("Multiply", { a: sum, b: scalar(call, 0.5) });
}

/** Kernels recorded as several simpler ones, so that engines lower fewer. */
export const composites: Rules = {
  Softmax: softmax,
  LogSoftmax: logSoftmax,
  FusedBatchNorm: batchNorm,
  FusedConv2D: fused("Conv2D", "x", "filter"),
  FusedDepthwiseConv2D: fused("DepthwiseConv2dNative", "x", "filter"),
  _FusedMatMul: fused("BatchMatMul", "a", "b"),
  AddN: (call) => Object.values(call.inputs).reduce((a, b) => call.run("Add", { a, b })),
  SquaredDifference: (call) => call.run("Square", { x: call.run("Sub", { a: call.input("a"), b: call.input("b") }) }),
  Relu6: (call) => call.run("ClipByValue", { x: call.input("x") }, { clipValueMin: 0, clipValueMax: 6 }),
  Prelu: (call) => whereNegative(call, call.input("x"), call.run("Multiply", { a: call.input("x"), b: call.input("alpha") })),
  Selu: (call) => {
    const x = call.input("x");
    const negative = call.run("Multiply", { a: scalar(call, seluAlpha), b: call.run("Expm1", { x }) });
    const positive = call.run("Multiply", { a: scalar(call, seluScale), b: x });
    const condition = call.run("GreaterEqual", { a: x, b: scalar(call, 0) });
    return call.run("Select", { condition, t: positive, e: negative });
  },
  /** `dy * (y >= 0 ? 1 : y + 1)` */
  EluGrad: (call) => {
    const y = call.input("y");
    const dy = call.input("dy");
    const slope = call.run("Add", { a: call.run("Minimum", { a: y, b: scalar(call, 0) }), b: scalar(call, 1) });
    return call.run("Multiply", { a: dy, b: slope });
  },
  LRN: localResponse,
  Sinh: (call) => hyperbolic(call, "Sub"),
  Cosh: (call) => call.run("Add", { a: hyperbolic(call, "Add"), b: scalar(call, 1) }),
  Tan: (call) => call.run("RealDiv", { a: call.run("Sin", { x: call.input("x") }), b: call.run("Cos", { x: call.input("x") }) }),
  Atan: (call) => call.run("Atan2", { a: call.input("x"), b: scalar(call, 1) }),
  IsInf: (call) => {
    const finite = call.run("LogicalOr", { a: call.run("IsFinite", { x: call.input("x") }), b: call.run("IsNan", { x: call.input("x") }) });
    return call.run("LogicalNot", { x: finite });
  },
};
