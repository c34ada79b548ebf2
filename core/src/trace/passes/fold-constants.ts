import * as tf from "@tensorflow/tfjs";
import type { Graph, GraphNode, Value } from "../graph.js";
import { elementwise } from "../kernels/elementwise.js";
import { sizeOf } from "../kernels/rule.js";
import { onBackend } from "../on-backend.js";
import { runNode } from "../run-node.js";
import { rewrite, uniform, uniformOf, type Rewriter } from "./rewrite.js";

/** Results up to this many elements are worth keeping as data. */
const maxFolded = 4096;

const moves = new Set(["Reshape", "Transpose", "Tile", "Slice", "StridedSlice", "Reverse", "BroadcastTo", "Concat"]);
const averages = new Set(["Mean", "Max", "Min"]);

/** Computes, with tfjs's cpu kernels, what depends on constants alone; one number everywhere stays a scalar that is broadcast. */
export function foldConstants(graph: Graph): Graph {
  return onBackend("cpu", () => rewrite(graph, fold));
}

function fold(node: GraphNode, output: Value, rewriter: Rewriter): Value | undefined {
  const inputs = Object.values(node.inputs);
  if (inputs.length === 0) return undefined;
  const numbers = inputs.map((input) => uniformOf(input, rewriter));
  const [number] = numbers;
  if (number !== undefined && numbers.every((other) => other !== undefined)) {
    if (node.kernel in elementwise) return uniform(node, onScalars(node, output, numbers), output, rewriter);
    const reduced = averages.has(node.kernel) || (moves.has(node.kernel) && numbers.every((other) => Object.is(other, number)));
    if (reduced) return isFill(node, output, rewriter) ? undefined : uniform(node, number, output, rewriter);
  }
  // Consumers broadcast for nothing, so a broadcast constant stays small.
  if (node.kernel === "BroadcastTo") return undefined;
  const constants = inputs.map((input) => rewriter.constant(input));
  if (sizeOf(output.shape) > maxFolded || constants.some((constant) => !constant)) return undefined;
  return rewriter.addConstant(computed(node, rewriter), output.shape, output.dtype);
}

/** Already in the form that folding gives: a scalar constant, broadcast. */
function isFill(node: GraphNode, output: Value, rewriter: Rewriter): boolean {
  return node.kernel === "BroadcastTo" && rewriter.constant(node.inputs["x"])?.value.shape.length === 0 && sizeOf(output.shape) > 1;
}

function onScalars(node: GraphNode, output: Value, numbers: readonly (number | undefined)[]): number {
  return tf.tidy(() => {
    const names = Object.entries(node.inputs);
    const tensors = names.map(([name, value], i) => [name, tf.scalar(numbers[i] ?? 0, value.dtype)] as const);
    const scalar = { ...node, outputs: [{ ...output, shape: [] }] };
    return runNode(scalar, Object.fromEntries(tensors)).dataSync()[0] ?? 0;
  });
}

function computed(node: GraphNode, rewriter: Rewriter): ArrayLike<number> {
  return tf.tidy(() => {
    const tensors = Object.entries(node.inputs).map(([name, value]) => {
      const data = rewriter.constant(value)?.data ?? new Float32Array();
      return [name, tf.tensor(data, [...value.shape], value.dtype)] as const;
    });
    return runNode(node, Object.fromEntries(tensors)).dataSync().slice();
  });
}
