import type { Graph, GraphNode, Value } from "../graph.js";
import { sameShape } from "../kernels/rule.js";
import { rewrite, uniformOf, type Rewriter } from "./rewrite.js";

/** `x + 0`, `x * 1`, `0 - x`, casts to the same dtype and their like. Nothing that would change NaN or a rounding. */
export function simplifyArithmetic(graph: Graph): Graph {
  return rewrite(graph, simplify);
}

function simplify(node: GraphNode, output: Value, rewriter: Rewriter): Value | undefined {
  const { a, b, x } = node.inputs;
  if (a && b) return output.dtype === a.dtype ? simplifyPair(node, output, a, b, rewriter) : undefined;
  if (node.kernel === "Select") return chosen(node, rewriter);
  if (!x) return undefined;
  if (node.kernel === "Cast" && x.dtype === output.dtype) return x;
  if (node.kernel === "Neg" || node.kernel === "LogicalNot") {
    const inner = rewriter.producer(x);
    return inner?.kernel === node.kernel ? inner.inputs["x"] : undefined;
  }
  return undefined;
}

function simplifyPair(node: GraphNode, output: Value, a: Value, b: Value, rewriter: Rewriter): Value | undefined {
  const left = uniformOf(a, rewriter);
  const right = uniformOf(b, rewriter);
  const widen = (value: Value): Value => rewriter.widen(node, value, output.shape);
  const negate = (value: Value): Value => rewriter.add(node, "Neg", { x: widen(value) }, {}, output.shape, output.dtype);
  switch (node.kernel) {
    case "Add":
      return right === 0 ? widen(a) : left === 0 ? widen(b) : undefined;
    case "Sub":
      return right === 0 ? widen(a) : left === 0 ? negate(b) : undefined;
    case "Multiply":
      if (right === 1) return widen(a);
      if (left === 1) return widen(b);
      return right === -1 ? negate(a) : left === -1 ? negate(b) : undefined;
    case "RealDiv":
      return right === 1 ? widen(a) : undefined;
    case "Pow":
      if (right === 1) return widen(a);
      return right === 2 && sameShape(a.shape, output.shape) ? rewriter.add(node, "Square", { x: a }, {}, output.shape, output.dtype) : undefined;
    default:
      return undefined;
  }
}

function chosen({ inputs }: GraphNode, rewriter: Rewriter): Value | undefined {
  const condition = uniformOf(inputs["condition"], rewriter);
  if (condition === undefined) return undefined;
  return condition === 0 ? inputs["e"] : inputs["t"];
}
