import type { Graph, GraphNode, Value } from "./graph.js";

/** A graph as text, one line per node; values are numbered in the order in which they appear, so equal graphs print alike. */
export function printGraph(graph: Graph): string {
  const names = new Map<number, string>();
  const nameOf = ({ id }: Value): string => {
    const name = names.get(id) ?? `%${names.size}`;
    names.set(id, name);
    return name;
  };
  const typed = (value: Value): string => `${nameOf(value)}: ${value.dtype}[${value.shape.join(", ")}]`;
  const line = ({ kernel, inputs, attrs, outputs, origin }: GraphNode): string => {
    const given = Object.entries(inputs).map(([name, value]) => `${name}=${nameOf(value)}`);
    const options = Object.entries(attrs).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
    return `${outputs.map(typed).join(", ")} = ${kernel}(${[...given, ...options].join(", ")})  // ${origin}`;
  };
  return [
    `step ${graph.name}`,
    ...Object.entries(graph.inputs).map(([name, value]) => `input ${typed(value)} ${name}`),
    ...graph.variables.flatMap(({ variable, before }) => (before ? [`variable ${typed(before)} ${variable.name}`] : [])),
    ...graph.constants.map(({ value, data }) => `constant ${typed(value)} = ${data.slice(0, 8).join(", ")}${data.length > 8 ? ", …" : ""}`),
    ...graph.nodes.map(line),
    ...graph.variables.flatMap(({ variable, after }) => (after ? [`assign ${variable.name} = ${nameOf(after)}`] : [])),
    ...Object.entries(graph.outputs).map(([name, value]) => `output ${name} = ${nameOf(value)}`),
  ].join("\n");
}
