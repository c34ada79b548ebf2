import { IdganError, type GraphNode } from "@idgan/core";
import { blockedPad, blockedSlice } from "./blocked-images.js";
import { range, sizeOf, type Form } from "./form.js";
import { castTo, inputOf, outputOf, rows, type Lowerer, type Lowering } from "./lowerer.js";

/** An attribute that is a list of numbers. */
export function listOf(node: GraphNode, name: string): readonly number[] {
  const value = node.attrs[name];
  if (Array.isArray(value)) return value.map(Number);
  throw new IdganError("INTERNAL", `${node.kernel} came without a list "${name}".`);
}

function reshape(lowerer: Lowerer, node: GraphNode): Form {
  const x = inputOf(node, "x");
  const form = lowerer.form(x);
  return form.order === "rows" || form.order === "uniform" ? form : rows(lowerer.array(x), x.shape);
}

function transpose(lowerer: Lowerer, node: GraphNode): Form {
  const x = inputOf(node, "x");
  const perm = listOf(node, "perm");
  const { shape } = outputOf(node);
  const moved = perm.filter((axis) => x.shape[axis] !== 1);
  if (moved.every((axis, i) => i === 0 || axis > (moved[i - 1] ?? 0))) return rows(lowerer.array(x), x.shape);
  return rows(lowerer.transpose(lowerer.array(x), perm), shape);
}

/** One number broadcast stays one number until something needs it spread out. */
function broadcastTo(lowerer: Lowerer, node: GraphNode): Form {
  const x = inputOf(node, "x");
  const { shape } = outputOf(node);
  if (sizeOf(x.shape) === 1) return { name: lowerer.shaped(x, []), shape: [], order: "uniform" };
  return rows(lowerer.emit("Expand", [lowerer.array(x), lowerer.builder.int64(shape)]), shape);
}

function concat(lowerer: Lowerer, node: GraphNode): Form {
  const names = Object.values(node.inputs).map((value) => lowerer.array(value));
  return rows(lowerer.emit("Concat", names, { axis: Number(node.attrs["axis"]) }), outputOf(node).shape);
}

function slice(lowerer: Lowerer, node: GraphNode): Form {
  const x = inputOf(node, "x");
  const begin = listOf(node, "begin");
  const size = listOf(node, "size");
  const axes = range(x.shape.length).filter((axis) => size[axis] !== x.shape[axis]);
  if (axes.length === 0) return lowerer.form(x);
  const blocked = x.shape.length === 4 ? blockedSlice(lowerer, x, begin, outputOf(node).shape) : undefined;
  if (blocked) return blocked;
  const bound = (end: boolean): string => lowerer.builder.int64(axes.map((axis) => (begin[axis] ?? 0) + (end ? (size[axis] ?? 0) : 0)));
  return rows(lowerer.emit("Slice", [lowerer.array(x), bound(false), bound(true), lowerer.builder.int64(axes)]), outputOf(node).shape);
}

function stridedSlice(lowerer: Lowerer, node: GraphNode): Form {
  const x = inputOf(node, "x");
  const { shape } = outputOf(node);
  const begin = listOf(node, "begin");
  const strides = listOf(node, "strides");
  const { builder } = lowerer;
  // A backward slice that runs to the front ends before index 0, which ONNX writes as something far below.
  const end = shape.map((length, axis) => {
    const last = (begin[axis] ?? 0) + length * (strides[axis] ?? 1);
    return last < 0 ? -(2 ** 31) : last;
  });
  const bounds = [builder.int64(begin), builder.int64(end), builder.int64(range(shape.length)), builder.int64(strides)];
  return rows(lowerer.emit("Slice", [lowerer.array(x), ...bounds]), shape);
}

function tile(lowerer: Lowerer, node: GraphNode): Form {
  const x = inputOf(node, "x");
  const { shape } = outputOf(node);
  if (sizeOf(x.shape) === 1) return { name: lowerer.shaped(x, []), shape: [], order: "uniform" };
  const reps = listOf(node, "reps");
  const spreads = reps.every((count, axis) => count === 1 || x.shape[axis] === 1);
  if (spreads) return rows(lowerer.emit("Expand", [lowerer.array(x), lowerer.builder.int64(shape)]), shape);
  return rows(lowerer.emit("Tile", [lowerer.array(x), lowerer.builder.int64(reps)]), shape);
}

function pairsOf(node: GraphNode): readonly (readonly [number, number])[] {
  const { paddings } = node.attrs;
  if (!Array.isArray(paddings)) throw new IdganError("INTERNAL", `${node.kernel} came without paddings.`);
  return paddings.map((pair: readonly number[]) => [pair[0] ?? 0, pair[1] ?? 0]);
}

function pad(lowerer: Lowerer, node: GraphNode): Form {
  const x = inputOf(node, "x");
  const { shape, dtype } = outputOf(node);
  const pairs = pairsOf(node);
  const value = Number(node.attrs["constantValue"]);
  const [images, vertical, horizontal, channels] = pairs;
  const around = value === 0 && x.shape.length === 4 && vertical && horizontal && [images, channels].every((pair) => pair?.every((count) => count === 0));
  const blocked = around ? blockedPad(lowerer, x, [vertical, horizontal]) : undefined;
  if (blocked) return blocked;
  const type = dtype === "bool" ? "int32" : dtype;
  const fill = type === "float32" ? lowerer.builder.scalar(value) : lowerer.builder.constant("int32", Int32Array.of(value), []);
  const counts = lowerer.builder.int64([...pairs.map(([before]) => before), ...pairs.map(([, after]) => after)]);
  const padded = lowerer.emit("Pad", [castTo(lowerer, lowerer.array(x), dtype, type), counts, fill], { mode: "constant" });
  return rows(castTo(lowerer, padded, type, dtype), shape);
}

/** Axis by axis as a gather: ONNX has no mode that repeats the edge as "symmetric" does. */
function mirrorPad(lowerer: Lowerer, node: GraphNode): Form {
  const x = inputOf(node, "x");
  const edge = node.attrs["mode"] === "reflect" ? 1 : 0;
  let name = lowerer.array(x);
  for (const [axis, [before, after]] of pairsOf(node).entries()) {
    if (before === 0 && after === 0) continue;
    const length = x.shape[axis] ?? 1;
    const sources = range(before + length + after).map((i) => {
      const place = i - before;
      return place < 0 ? -place - 1 + edge : place >= length ? 2 * length - place - 1 - edge : place;
    });
    name = lowerer.emit("Gather", [name, lowerer.builder.int32(sources)], { axis });
  }
  return rows(name, outputOf(node).shape);
}

function reverse(lowerer: Lowerer, node: GraphNode): Form {
  const x = inputOf(node, "x");
  const name = listOf(node, "dims").reduce((previous, axis) => {
    const sources = range(x.shape[axis] ?? 1).toReversed();
    return lowerer.emit("Gather", [previous, lowerer.builder.int32(sources)], { axis });
  }, lowerer.array(x));
  return rows(name, x.shape);
}

/** Kernels that move elements and compute nothing. */
export const shapes: Readonly<Record<string, Lowering>> = {
  Reshape: reshape,
  Transpose: transpose,
  BroadcastTo: broadcastTo,
  Concat: concat,
  Slice: slice,
  StridedSlice: stridedSlice,
  Tile: tile,
  PadV2: pad,
  MirrorPad: mirrorPad,
  Reverse: reverse,
};
