import type { Graph, GraphNode, Value } from "./graph.js";

/** Kernels that take nearly all of a step's time; each multiplies as often as it adds. */
const heavy = new Set(["Conv2D", "Conv2DBackpropInput", "Conv2DBackpropFilter", "BatchMatMul", "_FusedMatMul", "FusedConv2D"]);

/** Floating-point operations of the convolutions and matrix products of a step. */
export function flopsOf(graph: Graph): number {
  return graph.nodes.reduce((sum, node) => sum + flopsOfNode(node), 0);
}

/** 2 for each multiplication with its addition. */
export function flopsOfNode(node: GraphNode): number {
  if (!heavy.has(node.kernel)) {
    return 0;
  }
  const { x, filter, dy, a } = node.inputs as Readonly<Record<string, Value | undefined>>;
  const output = node.outputs[0]?.shape ?? [];
  if (a !== undefined) {
    const inner = a.shape.at(node.attrs["transposeA"] === true ? -2 : -1) ?? 0;
    return 2 * sizeOf(output) * inner;
  }
  // Each pixel of the smaller side of the convolution meets the whole filter once for each channel of the other side.
  const weights = node.kernel === "Conv2DBackpropFilter" ? output : (filter?.shape ?? []);
  const pixels = node.kernel === "Conv2DBackpropFilter" || node.kernel === "Conv2DBackpropInput" ? (dy?.shape ?? []) : output;
  return x === undefined && dy === undefined ? 0 : 2 * sizeOf(pixels.slice(0, 3)) * sizeOf(weights);
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
