import type { Graph, GraphNode, Value } from "../graph.js";
import { sameShape } from "../kernels/rule.js";
import { rewrite, type Rewriter, type Visit } from "./rewrite.js";

const numbers = (node: GraphNode | undefined, name: string): readonly number[] => {
  const list = node?.attrs[name];
  return Array.isArray(list) ? list.map(Number) : [];
};

const reshape: Visit = (node, output, rewriter) => {
  const { x } = node.inputs;
  if (!x) return undefined;
  if (sameShape(x.shape, output.shape)) return x;
  const inner = rewriter.producer(x);
  const source = inner?.kernel === "Reshape" ? inner.inputs["x"] : undefined;
  return source && rewriter.reshape(node, source, output.shape);
};

const transpose: Visit = (node, output, rewriter) => {
  const { x } = node.inputs;
  const perm = numbers(node, "perm");
  if (!x) return undefined;
  const moved = perm.filter((axis) => x.shape[axis] !== 1);
  // Axes of length 1 may move freely: the order of the elements stays.
  if (moved.every((axis, i) => i === 0 || axis > (moved[i - 1] ?? 0))) return rewriter.reshape(node, x, output.shape);
  const inner = rewriter.producer(x);
  const source = inner?.kernel === "Transpose" ? inner.inputs["x"] : undefined;
  if (!source) return undefined;
  const first = numbers(inner, "perm");
  return rewriter.add(node, "Transpose", { x: source }, { perm: perm.map((axis) => first[axis] ?? axis) }, output.shape, output.dtype);
};

const slice: Visit = (node, output, rewriter) => {
  const { x } = node.inputs;
  if (!x) return undefined;
  if (sameShape(x.shape, output.shape)) return x;
  const inner = rewriter.producer(x);
  const source = inner?.kernel === "Slice" ? inner.inputs["x"] : undefined;
  if (!source) return undefined;
  const first = numbers(inner, "begin");
  const begin = numbers(node, "begin").map((start, i) => start + (first[i] ?? 0));
  return rewriter.add(node, "Slice", { x: source }, { begin, size: [...output.shape] }, output.shape, output.dtype);
};

/** A pad of nothing and a tile of one are their input. */
const sameSize: Visit = ({ inputs }, output) => (inputs["x"] && sameShape(inputs["x"].shape, output.shape) ? inputs["x"] : undefined);

const reverse: Visit = (node, output) => (numbers(node, "dims").every((axis) => output.shape[axis] === 1) ? node.inputs["x"] : undefined);

/** Axes of length 1 need no sum. */
const reduction: Visit = (node, output, rewriter) => {
  const { x } = node.inputs;
  if (!x || x.dtype !== output.dtype) return undefined;
  const axes = numbers(node, "axis");
  const axis = axes.filter((i) => x.shape[i] !== 1);
  if (axis.length === 0) return rewriter.reshape(node, x, output.shape);
  if (axis.length === axes.length) return undefined;
  const shape = x.shape.filter((_, i) => !axis.includes(i));
  return rewriter.reshape(node, rewriter.add(node, node.kernel, { x }, { axis, keepDims: false }, shape, output.dtype), output.shape);
};

const visits: Readonly<Record<string, Visit>> = {
  Reshape: reshape, Transpose: transpose, Slice: slice, PadV2: sameSize, MirrorPad: sameSize, Tile: sameSize, Reverse: reverse,
  Sum: reduction, Mean: reduction, Prod: reduction, Max: reduction, Min: reduction, Any: reduction, All: reduction,
};

/** Reshapes, transposes, slices and reductions that do nothing, or that undo each other. */
export function simplifyShapes(graph: Graph): Graph {
  return rewrite(graph, (node: GraphNode, output: Value, rewriter: Rewriter) => visits[node.kernel]?.(node, output, rewriter));
}
