import { IdganError } from "../../contract/error.js";
import type { Value } from "../graph.js";
import { numberOf, numbersOf, positiveAxis, type KernelCall, type Rules } from "./rule.js";

function cut(call: KernelCall, x: Value, axis: number, begin: number, length: number): Value {
  const whole = x.shape.map((_, i) => i !== axis);
  return call.run("Slice", { x }, { begin: whole.map((all) => (all ? 0 : begin)), size: whole.map((all, i) => (all ? (x.shape[i] ?? 0) : length)) });
}

function split(call: KernelCall): readonly Value[] {
  const x = call.input("x");
  const axis = positiveAxis(numberOf(call, "axis"), x.shape.length);
  const total = x.shape[axis] ?? 0;
  const asked = call.attrs["numOrSizeSplits"];
  const given = typeof asked === "number" ? Array.from({ length: asked }, () => total / asked) : numbersOf(call, "numOrSizeSplits");
  const known = given.filter((size) => size >= 0).reduce((sum, size) => sum + size, 0);
  let begin = 0;
  return given.map((size) => {
    const length = size < 0 ? total - known : size;
    const part = cut(call, x, axis, begin, length);
    begin += length;
    return part;
  });
}

function unpack(call: KernelCall): readonly Value[] {
  const x = call.input("value");
  const axis = positiveAxis(numberOf(call, "axis"), x.shape.length);
  const shape = x.shape.filter((_, i) => i !== axis);
  return Array.from({ length: x.shape[axis] ?? 0 }, (_, i) => call.run("Reshape", { x: cut(call, x, axis, i, 1) }, { shape }));
}

function pack(call: KernelCall): Value {
  const parts = Object.values(call.inputs);
  const shape = parts[0]?.shape ?? [];
  const axis = positiveAxis(numberOf(call, "axis"), shape.length + 1);
  const wide = [...shape.slice(0, axis), 1, ...shape.slice(axis)];
  const inputs = parts.map((x, i) => [String(i), call.run("Reshape", { x }, { shape: wide })] as const);
  return call.run("Concat", Object.fromEntries(inputs), { axis });
}

function expandDims(call: KernelCall): Value {
  const x = call.input("input");
  const dim = positiveAxis(numberOf(call, "dim"), x.shape.length + 1);
  return call.run("Reshape", { x }, { shape: [...x.shape.slice(0, dim), 1, ...x.shape.slice(dim)] });
}

/** One multiplication per element of the axis: it only appears in the gradient of `prod`, over short axes. */
function cumulativeProduct(call: KernelCall): Value {
  const x = call.input("x");
  const axis = positiveAxis(numberOf(call, "axis"), x.shape.length);
  const length = x.shape[axis] ?? 0;
  const order = Array.from({ length }, (_, i) => (call.attrs["reverse"] === true ? length - 1 - i : i));
  const products: Value[] = [];
  const edge = x.shape.map((size, i) => (i === axis ? 1 : size));
  let running = call.uniform(edge, 1, x.dtype);
  for (const i of order) {
    const next = call.run("Multiply", { a: running, b: cut(call, x, axis, i, 1) });
    products[i] = call.attrs["exclusive"] === true ? running : next;
    running = next;
  }
  return call.run("Concat", Object.fromEntries(products.map((part, i) => [String(i), part])), { axis });
}

/** tfjs's order of channels: `[batch, height, width, block, block, depth]`. */
function depthToSpace(call: KernelCall): Value {
  if (call.attrs["dataFormat"] === "NCHW") throw new IdganError("ENGINE_KERNEL", `DepthToSpace with dataFormat "NCHW" cannot be traced. Use "NHWC".`);
  const x = call.input("x");
  const block = numberOf(call, "blockSize");
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const depth = channels / (block * block);
  const split6 = call.run("Reshape", { x }, { shape: [batch, height, width, block, block, depth] });
  const moved = call.run("Transpose", { x: split6 }, { perm: [0, 1, 3, 2, 4, 5] });
  return call.run("Reshape", { x: moved }, { shape: [batch, height * block, width * block, depth] });
}

/** Kernels that are recorded as slices, reshapes and concatenations. */
export const rearrangements: Rules = {
  Identity: (call) => call.input("x"),
  SplitV: split,
  Unpack: unpack,
  Pack: pack,
  ExpandDims: expandDims,
  Cumprod: cumulativeProduct,
  DepthToSpace: depthToSpace,
};
