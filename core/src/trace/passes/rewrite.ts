import { typedArray } from "../recorder.js";
import type { Constant, DataType, Graph, GraphNode, Value } from "../graph.js";
import { sameShape, sizeOf, type Attributes, type Inputs } from "../kernels/rule.js";

/** What a pass may ask and add while it goes through the nodes. */
export interface Rewriter {
  /** The node that makes a value, in the rewritten graph. */
  producer(value: Value | undefined): GraphNode | undefined;
  constant(value: Value | undefined): Constant | undefined;
  addConstant(data: ArrayLike<number>, shape: readonly number[], dtype: DataType): Value;
  /** Adds a node on behalf of `node`, which gives the origin. */
  add(node: GraphNode, kernel: string, inputs: Inputs, attrs: Attributes, shape: readonly number[], dtype: DataType): Value;
  /** The value broadcast to a shape, itself where it has it. */
  widen(node: GraphNode, value: Value, shape: readonly number[]): Value;
  reshape(node: GraphNode, value: Value, shape: readonly number[]): Value;
}

/** A better value for a node's output, or nothing to keep the node. Its inputs are already rewritten. */
export type Visit = (node: GraphNode, output: Value, rewriter: Rewriter) => Value | undefined;

/** Goes through the nodes in order and puts a visit's values in place of theirs; the same graph comes back where nothing changes. */
export function rewrite(graph: Graph, visit: Visit): Graph {
  const nodes: GraphNode[] = [];
  const constants = [...graph.constants];
  const producers = new Map<number, GraphNode>();
  const constantOf = new Map(constants.map((constant) => [constant.value.id, constant]));
  const replaced = new Map<number, Value>();
  const current = (value: Value): Value => replaced.get(value.id) ?? value;
  let id = nextId(graph);

  const push = (node: GraphNode): void => {
    nodes.push(node);
    for (const output of node.outputs) producers.set(output.id, node);
  };
  const rewriter: Rewriter = {
    producer: (value) => value && producers.get(value.id),
    constant: (value) => value && constantOf.get(value.id),
    addConstant(data, shape, dtype) {
      const constant = { value: { id: id++, shape: [...shape], dtype }, data: typedArray(data, dtype) };
      constants.push(constant);
      constantOf.set(constant.value.id, constant);
      return constant.value;
    },
    add(node, kernel, inputs, attrs, shape, dtype) {
      const output = { id: id++, shape: [...shape], dtype };
      push({ kernel, inputs, attrs, outputs: [output], origin: node.origin });
      return output;
    },
    widen: (node, value, shape) =>
      sameShape(value.shape, shape) ? value : rewriter.add(node, "BroadcastTo", { x: value }, { shape: [...shape] }, shape, value.dtype),
    reshape: (node, value, shape) =>
      sameShape(value.shape, shape) ? value : rewriter.add(node, "Reshape", { x: value }, { shape: [...shape] }, shape, value.dtype),
  };

  for (const node of graph.nodes) {
    const inputs = mapValues(node.inputs, current);
    const rewired = inputs === node.inputs ? node : { ...node, inputs };
    const [output, ...more] = node.outputs;
    const better = output && more.length === 0 ? visit(rewired, output, rewriter) : undefined;
    if (output && better) replaced.set(output.id, better);
    else push(rewired);
  }
  if (replaced.size === 0) return graph;
  return {
    ...graph,
    nodes,
    constants,
    variables: graph.variables.map((variable) => (variable.after ? { ...variable, after: current(variable.after) } : variable)),
    outputs: mapValues(graph.outputs, current),
  };
}

function mapValues(values: Inputs, change: (value: Value) => Value): Inputs {
  const entries = Object.entries(values).map(([name, value]) => [name, change(value)] as const);
  return entries.every(([name, value]) => values[name] === value) ? values : Object.fromEntries(entries);
}

function nextId(graph: Graph): number {
  const outside = [...Object.values(graph.inputs), ...graph.variables.flatMap(({ before }) => (before ? [before] : [])), ...graph.constants.map(({ value }) => value)];
  return [...outside, ...graph.nodes.flatMap(({ outputs }) => outputs)].reduce((most, value) => Math.max(most, value.id), -1) + 1;
}

/** The one number that a value holds everywhere, where that is known. */
export function uniformOf(value: Value | undefined, rewriter: Rewriter): number | undefined {
  const constant = rewriter.constant(value);
  if (constant) {
    const [first] = constant.data;
    return first !== undefined && constant.data.every((number) => Object.is(number, first)) ? first : undefined;
  }
  const node = rewriter.producer(value);
  return node?.kernel === "BroadcastTo" ? uniformOf(node.inputs["x"], rewriter) : undefined;
}

/** A value that holds `number` everywhere: a constant where it has one element, else a scalar broadcast. */
export function uniform(node: GraphNode, number: number, output: Value, rewriter: Rewriter): Value {
  if (sizeOf(output.shape) === 1) return rewriter.addConstant([number], output.shape, output.dtype);
  return rewriter.widen(node, rewriter.addConstant([number], [], output.dtype), output.shape);
}
