import type { Graph, GraphNode, Value } from "../graph.js";
import { rewrite } from "./rewrite.js";

const commutative = new Set(["Add", "Multiply", "Maximum", "Minimum", "Equal", "NotEqual", "LogicalAnd", "LogicalOr"]);

/** Equal kernel, inputs and attributes give one node; equal constants are one. */
export function shareSubexpressions(graph: Graph): Graph {
  const shared = shareConstants(graph);
  const seen = new Map<string, Value>();
  return rewrite(shared, (node, output) => {
    const key = keyOf(node);
    const known = seen.get(key);
    if (!known) seen.set(key, output);
    return known;
  });
}

function keyOf({ kernel, inputs, attrs }: GraphNode): string {
  const ids = Object.entries(inputs).map(([name, { id }]) => (commutative.has(kernel) ? String(id) : `${name}=${id}`));
  return JSON.stringify([kernel, commutative.has(kernel) ? ids.sort() : ids, Object.entries(attrs).sort(([a], [b]) => (a < b ? -1 : 1)).map(plain)]);
}

/** JSON has no infinities. */
function plain([name, value]: readonly [string, unknown]): unknown {
  return [name, typeof value === "number" ? String(value) : value];
}

function shareConstants(graph: Graph): Graph {
  const seen = new Map<string, Value>();
  const same = new Map<number, Value>();
  const constants = graph.constants.filter(({ value, data }) => {
    const numbers = Array.from(data, (number) => (Object.is(number, -0) ? "-0" : String(number)));
    const key = `${value.dtype} ${value.shape.join()} ${numbers.join()}`;
    const known = seen.get(key);
    if (known) same.set(value.id, known);
    else seen.set(key, value);
    return !known;
  });
  if (same.size === 0) return graph;
  const current = (value: Value): Value => same.get(value.id) ?? value;
  const all = (values: Readonly<Record<string, Value>>): Record<string, Value> =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, current(value)]));
  return {
    ...graph,
    constants,
    nodes: graph.nodes.map((node) => ({ ...node, inputs: all(node.inputs) })),
    variables: graph.variables.map((variable) => (variable.after ? { ...variable, after: current(variable.after) } : variable)),
    outputs: all(graph.outputs),
  };
}
