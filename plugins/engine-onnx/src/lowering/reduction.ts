import { IdganError, type GraphNode, type Value } from "@idgan/core";
import { four, sizeOf, type Form } from "./form.js";
import { castTo, inputOf, outputOf, rows, type Lowerer, type Lowering } from "./lowerer.js";

/** Sums over more rows than this go through Gemv, on all threads: ONNX Runtime's ReduceSum over the first axis uses one. */
const longColumn = 1024;
/** A full sum longer than this is made in two steps, on all threads. */
const longRow = 65_536;

function axesOf(node: GraphNode): readonly number[] {
  const { axis } = node.attrs;
  if (typeof axis === "number") return [axis];
  if (Array.isArray(axis)) return axis.map(Number);
  throw new IdganError("INTERNAL", `${node.kernel} came without axes.`);
}

/** Sum of a float32 value over its first `count` axes, `[columns]`; in two steps, which is also what keeps long sums exact. */
function sumOfRows(lowerer: Lowerer, x: Value, count: number, columns: number): string {
  const { builder } = lowerer;
  const parts = largestDivisor(count, Math.ceil(Math.sqrt(count)));
  const length = count / parts;
  const ones = builder.constant("float32", new Float32Array(length).fill(1), [1, length]);
  const partial = lowerer.emit("MatMul", [ones, lowerer.shaped(x, [parts, length, columns])]);
  return lowerer.emit("ReduceSum", [partial, builder.int64([0, 1])], { keepdims: 0 });
}

function sumOfAll(lowerer: Lowerer, name: string, count: number): string {
  const { builder } = lowerer;
  const parts = largestDivisor(count, Math.ceil(Math.sqrt(count)));
  const partial = lowerer.emit("ReduceSum", [lowerer.view(name, [parts, count / parts]), builder.int64([1])], { keepdims: 0 });
  return lowerer.emit("ReduceSum", [partial, builder.int64([0])], { keepdims: 0 });
}

function largestDivisor(number: number, limit: number): number {
  for (let divisor = limit; divisor > 1; divisor--) if (number % divisor === 0) return divisor;
  return 1;
}

function sum(lowerer: Lowerer, node: GraphNode): Form {
  const x = inputOf(node, "x");
  const { dtype } = outputOf(node);
  const axes = axesOf(node);
  const leading = axes.every((axis, i) => axis === i);
  const count = sizeOf(axes.map((axis) => x.shape[axis] ?? 1));
  const columns = sizeOf(x.shape) / count;
  const { order } = lowerer.form(x);
  const blocked = order === "blocked" ? sumOfBlocks(lowerer, x, axes) : undefined;
  if (blocked) return blocked;
  if (x.dtype === "float32" && leading && order === "rows") {
    if (columns > 1 && count > longColumn) return rows(sumOfRows(lowerer, x, count, columns), [columns]);
    if (columns === 1 && count > longRow) return rows(sumOfAll(lowerer, lowerer.array(x), count), []);
  }
  const name = castTo(lowerer, lowerer.array(x), x.dtype, dtype);
  return rows(lowerer.emit("ReduceSum", [name, lowerer.builder.int64(axes)], { keepdims: 0 }), keptOf(x, axes));
}

/** Sums of an image value in blocks that need not leave them: over pixels, over pixels and images, over all but the images, or over all. */
function sumOfBlocks(lowerer: Lowerer, x: Value, axes: readonly number[]): Form | undefined {
  const { builder } = lowerer;
  const [batch, height, width, channels] = four(x.shape);
  const over = (...wanted: readonly number[]): boolean => wanted.length === axes.length && wanted.every((axis) => axes.includes(axis));
  const blocks = lowerer.blocked(x);
  const size = height * width * channels;
  if (over(1, 2, 3)) return rows(lowerer.emit("ReduceSum", [lowerer.view(blocks, [batch, size]), builder.int64([1])], { keepdims: 0 }), [batch]);
  if (over(0, 1, 2, 3)) return rows(sumOfAll(lowerer, blocks, batch * size), []);
  if (!over(0, 1, 2) && !over(1, 2)) return undefined;
  const { block } = lowerer.plan;
  const ones = builder.constant("float32", new Float32Array(height * width).fill(1), [1, height * width]);
  const sums = lowerer.emit("MatMul", [ones, lowerer.view(blocks, [batch, channels / block, height * width, block])]);
  const lines = lowerer.view(sums, [batch, channels]);
  return over(1, 2) ? rows(lines, [batch, channels]) : rows(lowerer.emit("ReduceSum", [lines, builder.int64([0])], { keepdims: 0 }), [channels]);
}

/** A reduction is emitted without keepDims: the lengths of 1 are only a shape. */
function keptOf(x: Value, axes: readonly number[]): readonly number[] {
  return x.shape.filter((_, i) => !axes.includes(i));
}

function mean(lowerer: Lowerer, node: GraphNode): Form {
  const x = inputOf(node, "x");
  const count = sizeOf(axesOf(node).map((axis) => x.shape[axis] ?? 1));
  const form = sum(lowerer, node);
  return { ...form, name: lowerer.emit("Mul", [form.name, lowerer.builder.scalar(1 / count)]) };
}

/** Reductions whose axes are an attribute in this opset. */
function reduce(op: string, throughInt = false): Lowering {
  return (lowerer, node) => {
    const x = inputOf(node, "x");
    const { dtype } = outputOf(node);
    const axes = axesOf(node);
    const type = throughInt ? "int32" : dtype;
    const name = lowerer.emit(op, [castTo(lowerer, lowerer.array(x), x.dtype, type)], { axes, keepdims: 0 });
    return rows(castTo(lowerer, name, type, dtype), keptOf(x, axes));
  };
}

/** Reductions on bool go through int32, which ONNX Runtime can reduce. */
function extreme(op: string): Lowering {
  return (lowerer, node) => reduce(op, outputOf(node).dtype === "bool")(lowerer, node);
}

function position(op: string): Lowering {
  return (lowerer, node) => {
    const x = inputOf(node, "x");
    const numbers = castTo(lowerer, lowerer.array(x), x.dtype, x.dtype === "bool" ? "int32" : x.dtype);
    const found = lowerer.emit(op, [numbers], { axis: axesOf(node)[0] ?? 0, keepdims: 0 });
    return rows(castTo(lowerer, found, "int64", "int32"), outputOf(node).shape);
  };
}

function cumulativeSum(lowerer: Lowerer, node: GraphNode): Form {
  const x = inputOf(node, "x");
  const { shape, dtype } = outputOf(node);
  const axis = lowerer.builder.constant("int32", Int32Array.of(axesOf(node)[0] ?? 0), []);
  const attributes = { exclusive: Number(node.attrs["exclusive"] === true), reverse: Number(node.attrs["reverse"] === true) };
  return rows(lowerer.emit("CumSum", [castTo(lowerer, lowerer.array(x), x.dtype, dtype), axis], attributes), shape);
}

export const reductions: Readonly<Record<string, Lowering>> = {
  Sum: sum,
  Mean: mean,
  Prod: reduce("ReduceProd"),
  Max: extreme("ReduceMax"),
  Min: extreme("ReduceMin"),
  Any: reduce("ReduceMax", true),
  All: reduce("ReduceMin", true),
  ArgMax: position("ArgMax"),
  ArgMin: position("ArgMin"),
  Cumsum: cumulativeSum,
};
