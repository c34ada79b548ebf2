import type { Graph, GraphVariable, Value } from "../graph.js";

/** Drops nodes and constants that no output and no assigned variable needs, and variables that are neither read nor assigned. */
export function removeDeadCode(graph: Graph): Graph {
  const live = new Set<number>();
  const need = (value: Value | undefined): void => {
    if (value) live.add(value.id);
  };
  for (const value of Object.values(graph.outputs)) need(value);
  for (const { after } of graph.variables) need(after);
  const nodes = graph.nodes.toReversed().filter((node) => {
    if (!node.outputs.some(({ id }) => live.has(id))) return false;
    for (const value of Object.values(node.inputs)) need(value);
    return true;
  });
  const constants = graph.constants.filter(({ value }) => live.has(value.id));
  const variables = graph.variables.flatMap(({ variable, before, after }): readonly GraphVariable[] => {
    const read = before && live.has(before.id);
    if (!read && !after) return [];
    return [{ variable, ...(read && { before }), ...(after && { after }) }];
  });
  const reads = (list: readonly GraphVariable[]): number => list.filter(({ before }) => before).length;
  const same =
    nodes.length === graph.nodes.length &&
    constants.length === graph.constants.length &&
    variables.length === graph.variables.length &&
    reads(variables) === reads(graph.variables);
  return same ? graph : { ...graph, nodes: nodes.toReversed(), constants, variables };
}
