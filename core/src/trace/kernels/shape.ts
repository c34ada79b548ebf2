import * as tf from "@tensorflow/tfjs";
import type { Value } from "../graph.js";
import { dtypeOf, numberOf, numbersOf, pairsOf, positiveAxis, sameShape, sizeOf, type KernelCall, type Rule, type Rules } from "./rule.js";

function sliceOf(call: KernelCall): Value {
  const x = call.input("x");
  // tfjs leaves size out for "to the end".
  const given = { begin: numbersOf(call, "begin"), size: call.attrs["size"] === undefined || call.attrs["size"] === null ? [] : numbersOf(call, "size") };
  const begin = x.shape.map((_, i) => given.begin[i] ?? 0);
  const size = x.shape.map((length, i) => ((given.size[i] ?? -1) < 0 ? length - (begin[i] ?? 0) : (given.size[i] ?? 0)));
  return call.record(size, x.dtype, { begin, size });
}

/** Empty parts are dropped: s may have no columns. */
function concat(call: KernelCall): Value {
  const all = Object.values(call.inputs);
  const first = all[0] ?? call.input("0");
  const rank = first.shape.length;
  const axis = positiveAxis(numberOf(call, "axis"), rank);
  const parts = all.filter((part) => sizeOf(part.shape) > 0);
  if (parts.length === 1 && parts[0]) return parts[0];
  const shape = first.shape.map((length, i) => (i === axis ? all.reduce((sum, part) => sum + (part.shape[i] ?? 0), 0) : length));
  return call.record(shape, first.dtype, { axis }, Object.fromEntries(parts.map((part, i) => [String(i), part])));
}

function stridedSlice(call: KernelCall): Value {
  const x = call.input("x");
  const list = (name: string): number[] => [...numbersOf(call, name)];
  const info = tf.slice_util.sliceInfo(
    [...x.shape], list("begin"), list("end"), list("strides"), numberOf(call, "beginMask"), numberOf(call, "endMask"),
    numberOf(call, "ellipsisMask"), numberOf(call, "newAxisMask"), numberOf(call, "shrinkAxisMask"),
  );
  const shape = tf.slice_util.computeOutShape(info.begin, info.end, info.strides);
  const { begin, end, strides } = info;
  const slice = strides.every((stride) => stride === 1)
    ? call.run("Slice", { x }, { begin, size: shape })
    : call.record(shape, x.dtype, { begin, end, strides });
  return call.run("Reshape", { x: slice }, { shape: info.finalShape });
}

const pad = (attrs: (call: KernelCall) => Readonly<Record<string, unknown>>): Rule => (call) => {
  const x = call.input("x");
  const paddings = pairsOf(call, "paddings");
  const shape = x.shape.map((length, i) => length + (paddings[i]?.[0] ?? 0) + (paddings[i]?.[1] ?? 0));
  if (sizeOf(x.shape) === 0 && call.kernel === "PadV2") return call.uniform(shape, Number(call.attrs["constantValue"] ?? 0), x.dtype);
  return call.record(shape, x.dtype, { paddings, ...attrs(call) });
};

/** Kernels that move values without computing. */
export const shapes: Rules = {
  Reshape: (call) => {
    const x = call.input("x");
    const shape = tf.util.inferFromImplicitShape([...numbersOf(call, "shape")], sizeOf(x.shape));
    return call.record(shape, x.dtype, { shape });
  },
  Transpose: (call) => {
    const x = call.input("x");
    const perm = numbersOf(call, "perm").map((axis) => positiveAxis(axis, x.shape.length));
    return call.record(perm.map((axis) => x.shape[axis] ?? 1), x.dtype, { perm });
  },
  Concat: concat,
  Slice: sliceOf,
  StridedSlice: stridedSlice,
  Tile: (call) => {
    const x = call.input("x");
    const reps = numbersOf(call, "reps");
    return call.record(x.shape.map((length, i) => length * (reps[i] ?? 1)), x.dtype, { reps });
  },
  BroadcastTo: (call) => {
    const x = call.input("x");
    const shape = [...numbersOf(call, "shape")];
    return sameShape(shape, x.shape) ? x : call.record(shape, x.dtype, { shape });
  },
  PadV2: pad((call) => ({ constantValue: Number(call.attrs["constantValue"] ?? 0) })),
  MirrorPad: pad((call) => ({ mode: call.attrs["mode"] })),
  Reverse: (call) => {
    const x = call.input("x");
    const given = call.attrs["dims"];
    const all = given === undefined || given === null;
    const dims = tf.util.parseAxisParam(all ? x.shape.map((_, i) => i) : [...numbersOf(call, "dims")], [...x.shape]).sort((a, b) => a - b);
    return call.record(x.shape, x.dtype, { dims });
  },
  GatherV2: (call) => {
    const x = call.input("x");
    const indices = call.input("indices");
    const axis = positiveAxis(numberOf(call, "axis"), x.shape.length);
    const batchDims = positiveAxis(Number(call.attrs["batchDims"] ?? 0), indices.shape.length);
    const shape = [...x.shape.slice(0, axis), ...indices.shape.slice(batchDims), ...x.shape.slice(axis + 1)];
    return call.record(shape, x.dtype, { axis, batchDims });
  },
  OneHot: (call) => {
    const depth = numberOf(call, "depth");
    const dtype = dtypeOf(call, "dtype");
    const attrs = { depth, onValue: numberOf(call, "onValue"), offValue: numberOf(call, "offValue"), dtype };
    return call.record([...call.input("indices").shape, depth], dtype, attrs);
  },
  UnsortedSegmentSum: (call) => {
    const x = call.input("x");
    const numSegments = numberOf(call, "numSegments");
    return call.record([numSegments, ...x.shape.slice(call.input("segmentIds").shape.length)], x.dtype, { numSegments });
  },
  ScatterNd: (call) => {
    const shape = numbersOf(call, "shape");
    return call.record(shape, call.input("updates").dtype, { shape });
  },
};
