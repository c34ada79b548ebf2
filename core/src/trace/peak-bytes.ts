import type { Graph, Value } from "./graph.js";

/** Kernels whose output is its input under another shape, and takes no memory of its own. */
const views = new Set(["Reshape", "ExpandDims"]);

const bytesPerElement = { float32: 4, int32: 4, bool: 1 } as const;

/**
 * Bytes of the values that are alive at once, at most, while the nodes run in the order of the graph: activations and gradients, without inputs, constants
 * and what variables held before. A value lives from the node that makes it to the last that reads it; outputs and new values of variables live to the end.
 * What an engine takes besides, such as the patches of a convolution, is not in it.
 */
export function peakBytesOf(graph: Graph): number {
  const held = new Map<Value, Value>();
  const rootOf = (value: Value): Value => held.get(value) ?? value;
  const made = new Set<Value>();
  const lastRead = new Map<Value, number>();
  for (const [index, { kernel, inputs, outputs }] of graph.nodes.entries()) {
    const sources = Object.values(inputs).map(rootOf);
    for (const source of sources) lastRead.set(source, index);
    for (const output of outputs) {
      if (views.has(kernel) && sources[0]) held.set(output, sources[0]);
      else made.add(output);
    }
  }
  const kept = [...Object.values(graph.outputs), ...graph.variables.flatMap(({ after }) => (after ? [after] : []))];
  for (const value of kept) lastRead.set(rootOf(value), graph.nodes.length);

  const freed = new Map<number, number>();
  for (const value of made) {
    const last = lastRead.get(value);
    if (last !== undefined) freed.set(last, (freed.get(last) ?? 0) + bytesOf(value));
  }
  let [alive, peak] = [0, 0];
  for (const [index, { outputs }] of graph.nodes.entries()) {
    for (const output of outputs) if (made.has(output) && lastRead.has(output)) alive += bytesOf(output);
    peak = Math.max(peak, alive);
    alive -= freed.get(index) ?? 0;
  }
  return peak;
}

function bytesOf({ shape, dtype }: Value): number {
  return shape.reduce((product, length) => product * length, bytesPerElement[dtype]);
}
