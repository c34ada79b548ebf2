import * as tf from "@tensorflow/tfjs";
import type { DataType } from "../graph.js";
import { numberOf, positiveAxis, sizeOf, type KernelCall, type Rule, type Rules } from "./rule.js";

function axesOf(call: KernelCall): number[] {
  const axis = call.attrs["axis"] ?? call.attrs["reductionIndices"];
  const { shape } = call.input("x");
  const axes = axis === undefined || axis === null ? shape.map((_, i) => i) : tf.util.parseAxisParam(axis as number | number[], [...shape]);
  return [...new Set(axes)].sort((a, b) => a - b);
}

/** `{ x }` to `{ axis, keepDims }`, whichever name tfjs uses for the axes; `empty` is the result over no elements. */
function reduction(dtype: (x: DataType) => DataType, empty?: number): Rule {
  return (call) => {
    const x = call.input("x");
    const axis = axesOf(call);
    const keepDims = call.attrs["keepDims"] === true;
    const type = dtype(x.dtype);
    if (axis.length === 0) return x.dtype === type ? x : call.run("Cast", { x }, { dtype: type });
    const shape = x.shape.flatMap((length, i) => (axis.includes(i) ? (keepDims ? [1] : []) : [length]));
    if (sizeOf(x.shape) === 0 && empty !== undefined) return call.uniform(shape, empty, type);
    return call.record(shape, type, { axis, keepDims });
  };
}

const same = (dtype: DataType): DataType => dtype;
const counted = (dtype: DataType): DataType => (dtype === "bool" ? "int32" : dtype);

/** `{ x }` to int32 `{ axis }`, one non-negative number; the first of equals wins. */
const position: Rule = (call) => {
  const { shape } = call.input("x");
  const axis = axesOf(call)[0] ?? 0;
  return call.record(shape.filter((_, i) => i !== axis), "int32", { axis });
};

const scan: Rule = (call) => {
  const x = call.input("x");
  return call.record(x.shape, counted(x.dtype), {
    axis: positiveAxis(numberOf(call, "axis"), x.shape.length),
    exclusive: call.attrs["exclusive"] === true,
    reverse: call.attrs["reverse"] === true,
  });
};

/** Kernels that reduce or scan along axes. */
export const reductions: Rules = {
  Sum: reduction(counted, 0),
  Mean: reduction(() => "float32", Number.NaN),
  Prod: reduction(counted, 1),
  Max: reduction(same),
  Min: reduction(same),
  Any: reduction(() => "bool", 0),
  All: reduction(() => "bool", 1),
  ArgMax: position,
  ArgMin: position,
  Cumsum: scan,
};
