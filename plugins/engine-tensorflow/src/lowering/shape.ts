import type { GraphNode } from "@idgan/core";
import { inputOf, int32, numberOf, numbersOf, outputOf, type Lowerer, type Lowering, type Lowerings } from "./lowerer.js";

/** An op of `x` and one list of whole numbers. */
function listed(op: string, attribute: string, type: string): Lowering {
  return (lowerer, node) => {
    const x = inputOf(node, "x");
    return lowerer.typed(op, [lowerer.name(x), lowerer.int32(numbersOf(node, attribute))], x.dtype, { [type]: int32 });
  };
}

function paddings(lowerer: Lowerer, node: GraphNode): string {
  const pairs = node.attrs["paddings"] as readonly (readonly [number, number])[];
  return lowerer.int32(pairs.flat(), [pairs.length, 2]);
}

function stridedSlice(lowerer: Lowerer, node: GraphNode): string {
  const x = inputOf(node, "x");
  const [begin, end, strides] = ["begin", "end", "strides"].map((name) => numbersOf(node, name));
  // TensorFlow counts a negative end from the back; here it stands before the first element.
  const open = (end ?? []).reduce((mask, at, i) => (at < 0 ? mask | (1 << i) : mask), 0);
  const masks = { begin_mask: { int: 0 }, end_mask: { int: open }, ellipsis_mask: { int: 0 }, new_axis_mask: { int: 0 }, shrink_axis_mask: { int: 0 } };
  return lowerer.typed("StridedSlice", [lowerer.name(x), lowerer.int32(begin ?? []), lowerer.int32(end ?? []), lowerer.int32(strides ?? [])], x.dtype, { Index: int32, ...masks });
}

/** Kernels that move values without computing. */
export const shapes: Lowerings = {
  Reshape: listed("Reshape", "shape", "Tshape"),
  Transpose: listed("Transpose", "perm", "Tperm"),
  BroadcastTo: listed("BroadcastTo", "shape", "Tidx"),
  Tile: listed("Tile", "reps", "Tmultiples"),
  Reverse: listed("ReverseV2", "dims", "Tidx"),
  Concat: (lowerer, node) => {
    const { dtype } = outputOf(node);
    const parts = Object.values(node.inputs).map((part) => lowerer.as(part, dtype));
    return lowerer.typed("ConcatV2", [...parts, lowerer.builder.scalar(numberOf(node, "axis"), "int32")], dtype, { N: { int: parts.length }, Tidx: int32 });
  },
  Slice: (lowerer, node) => {
    const x = inputOf(node, "x");
    return lowerer.typed("Slice", [lowerer.name(x), lowerer.int32(numbersOf(node, "begin")), lowerer.int32(numbersOf(node, "size"))], x.dtype, { Index: int32 });
  },
  StridedSlice: stridedSlice,
  PadV2: (lowerer, node) => {
    const x = inputOf(node, "x");
    return lowerer.typed("PadV2", [lowerer.name(x), paddings(lowerer, node), lowerer.builder.scalar(numberOf(node, "constantValue"), x.dtype)], x.dtype, { Tpaddings: int32 });
  },
  MirrorPad: (lowerer, node) => {
    const x = inputOf(node, "x");
    return lowerer.typed("MirrorPad", [lowerer.name(x), paddings(lowerer, node)], x.dtype, { Tpaddings: int32, mode: { text: String(node.attrs["mode"]).toUpperCase() } });
  },
};
