import * as tf from "@tensorflow/tfjs";
import type { Graph, GraphNode, Value } from "../graph.js";
import { elementwise } from "../kernels/elementwise.js";
import { sameShape, sizeOf } from "../kernels/rule.js";
import { rewrite, type Rewriter } from "./rewrite.js";

/** Computes element by element before broadcasting rather than after, and leaves out a broadcast that the consumer does anyway. */
export function simplifyBroadcasts(graph: Graph): Graph {
  return rewrite(graph, (node, output, rewriter) => {
    if (node.kernel === "BroadcastTo") return collapse(node, output, rewriter);
    if (node.kernel === "Tile") return tileAsBroadcast(node, output, rewriter);
    return node.kernel in elementwise && node.kernel !== "Select" ? narrow(node, output, rewriter) : undefined;
  });
}

function collapse(node: GraphNode, output: Value, rewriter: Rewriter): Value | undefined {
  const { x } = node.inputs;
  if (x && sameShape(x.shape, output.shape)) return x;
  const inner = rewriter.producer(x);
  const source = inner?.kernel === "BroadcastTo" ? inner.inputs["x"] : undefined;
  return source && rewriter.widen(node, source, output.shape);
}

function tileAsBroadcast(node: GraphNode, output: Value, rewriter: Rewriter): Value | undefined {
  const { x } = node.inputs;
  const stretches = x?.shape.every((length, i) => length === output.shape[i] || length === 1);
  return x && stretches ? rewriter.widen(node, x, output.shape) : undefined;
}

function narrow(node: GraphNode, output: Value, rewriter: Rewriter): Value | undefined {
  const sources = Object.entries(node.inputs).map(([name, value]) => {
    const producer = rewriter.producer(value);
    return [name, (producer?.kernel === "BroadcastTo" && producer.inputs["x"]) || value] as const;
  });
  if (sources.every(([name, value]) => node.inputs[name] === value)) return undefined;
  const shape = sources.reduce<number[]>((common, [, value]) => tf.backend_util.assertAndGetBroadcastShape(common, [...value.shape]), []);
  const small = sizeOf(shape) < sizeOf(output.shape) || sameShape(shape, output.shape);
  if (!small) return undefined;
  return rewriter.widen(node, rewriter.add(node, node.kernel, Object.fromEntries(sources), node.attrs, shape, output.dtype), output.shape);
}
