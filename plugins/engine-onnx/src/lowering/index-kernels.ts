import type { GraphNode } from "@idgan/core";
import { range, sizeOf, type Form } from "./form.js";
import { castTo, inputOf, outputOf, rows, type Lowerer, type Lowering } from "./lowerer.js";

function gather(lowerer: Lowerer, node: GraphNode): Form {
  const x = inputOf(node, "x");
  const indices = inputOf(node, "indices");
  const { shape } = outputOf(node);
  const axis = Number(node.attrs["axis"]);
  const batchDims = Number(node.attrs["batchDims"]);
  if (batchDims === 0) return rows(lowerer.emit("Gather", [lowerer.array(x), lowerer.array(indices)], { axis }), shape);
  return gatherInBatches(lowerer, node, axis, batchDims);
}

/**
 * With batch axes, indices are made global over x seen as `[batch, outer, length, inner]`:
 * one Gather of rows of `inner` elements from `[batch * outer * length, inner]`.
 */
function gatherInBatches(lowerer: Lowerer, node: GraphNode, axis: number, batchDims: number): Form {
  const x = inputOf(node, "x");
  const indices = inputOf(node, "indices");
  const batch = sizeOf(x.shape.slice(0, batchDims));
  const outer = sizeOf(x.shape.slice(batchDims, axis));
  const length = x.shape[axis] ?? 1;
  const inner = sizeOf(x.shape.slice(axis + 1));
  const picks = sizeOf(indices.shape.slice(batchDims));
  const { builder } = lowerer;
  const offsets = builder.constant("int32", Int32Array.from(range(batch * outer), (i) => i * length), [batch, outer, 1]);
  const places = lowerer.emit("Add", [lowerer.shaped(indices, [batch, 1, picks]), offsets]);
  const picked = lowerer.emit("Gather", [lowerer.shaped(x, [batch * outer * length, inner]), places], { axis: 0 });
  return rows(picked, [batch, outer, picks, inner]);
}

/** By comparison rather than by OneHot, which takes negative indices from the end where tfjs takes none. */
function oneHot(lowerer: Lowerer, node: GraphNode): Form {
  const indices = inputOf(node, "indices");
  const { dtype } = outputOf(node);
  const depth = Number(node.attrs["depth"]);
  const classes = lowerer.builder.int32(range(depth));
  const hit = lowerer.emit("Equal", [lowerer.shaped(indices, [sizeOf(indices.shape), 1]), classes]);
  const [on, off] = [Number(node.attrs["onValue"]), Number(node.attrs["offValue"])].map((value) =>
    dtype === "float32" ? lowerer.builder.scalar(value) : lowerer.builder.constant("int32", Int32Array.of(value), []));
  const chosen = lowerer.emit("Where", [hit, on ?? "", off ?? ""]);
  return rows(castTo(lowerer, chosen, dtype === "float32" ? "float32" : "int32", dtype), [sizeOf(indices.shape), depth]);
}

/** As a product with the matrix of memberships; ids outside of the segments belong to none. */
function unsortedSegmentSum(lowerer: Lowerer, node: GraphNode): Form {
  const x = inputOf(node, "x");
  const ids = inputOf(node, "segmentIds");
  const { dtype } = outputOf(node);
  const segments = Number(node.attrs["numSegments"]);
  const count = sizeOf(ids.shape);
  const inner = sizeOf(x.shape) / count;
  const { builder } = lowerer;
  const column = lowerer.shaped(ids, [count, 1]);
  const numbers = castTo(lowerer, lowerer.shaped(x, [count, inner]), x.dtype, "float32");
  // [segments, count], 1 where a row belongs to a segment: a product on all threads, in a fixed order of addition.
  const member = lowerer.emit("Equal", [builder.constant("int32", Int32Array.from(range(segments)), [segments, 1]), lowerer.reshape(rows(column, [count, 1]), [1, count])]);
  const sum = lowerer.emit("MatMul", [castTo(lowerer, member, "bool", "float32"), numbers]);
  return rows(castTo(lowerer, sum, "float32", dtype), [segments, inner]);
}

function scatterNd(lowerer: Lowerer, node: GraphNode): Form {
  const indices = inputOf(node, "indices");
  const updates = inputOf(node, "updates");
  const { shape, dtype } = outputOf(node);
  const { builder } = lowerer;
  const zeros = lowerer.emit("Expand", [dtype === "float32" ? builder.scalar(0) : builder.constant("int32", Int32Array.of(0), []), builder.int64(shape)]);
  const places = lowerer.emit("Cast", [lowerer.array(indices)], { to: 7 });
  return rows(lowerer.emit("ScatterND", [zeros, places, lowerer.array(updates)], { reduction: "add" }), shape);
}

/** Kernels that take integers as places. */
export const indexKernels: Readonly<Record<string, Lowering>> = {
  GatherV2: gather,
  OneHot: oneHot,
  UnsortedSegmentSum: unsortedSegmentSum,
  ScatterNd: scatterNd,
};
