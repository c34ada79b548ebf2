import { IdganError, type DataType, type Graph, type GraphVariable } from "@idgan/core";
import type { NodeDef } from "../saved-model/graph-def.js";
import { Lowerer, outputOf, sizeOf } from "./lowerer.js";
import { lowerings } from "./table.js";

/** A tensor that is fed or fetched, and its node. */
export interface Port {
  readonly node: string;
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

/** How the step's nodes reach a variable: `handle` is a node of the graph that all steps share. */
export type HandleOf = (variable: GraphVariable["variable"]) => string;

/** A step as nodes of TensorFlow's. Empty tensors are constants in it, and have no port. */
export interface LoweredStep {
  readonly nodes: readonly NodeDef[];
  readonly inputs: Readonly<Record<string, Port>>;
  readonly outputs: Readonly<Record<string, Port>>;
  readonly emptyOutputs: readonly string[];
  readonly reads: readonly GraphVariable["variable"][];
  readonly writes: readonly GraphVariable["variable"][];
  /** A node that is there when every variable is assigned. */
  readonly done: string;
  /** What each node computes, and for whom. */
  readonly origins: ReadonlyMap<string, string>;
}

/**
 * Turns a graph into nodes whose names begin with `prefix`.
 * @throws IdganError ENGINE_KERNEL for a kernel without a lowering.
 */
export function lowerGraph(graph: Graph, prefix: string, handleOf: HandleOf): LoweredStep {
  const lowerer = new Lowerer(prefix);
  const { builder } = lowerer;
  const inputs: Record<string, Port> = {};
  const fed = new Set<string>();
  for (const [name, value] of Object.entries(graph.inputs)) {
    const { shape, dtype } = value;
    if (sizeOf(shape) === 0) {
      lowerer.place(value, builder.constant(dtype, new Float32Array(0), shape));
      continue;
    }
    const node = builder.emit("Placeholder", [], { dtype: { type: dtype }, shape: { shape } });
    inputs[name] = { node, shape, dtype };
    fed.add(node);
    lowerer.place(value, node);
  }
  const reads = new Map<GraphVariable["variable"], string>();
  for (const { variable, before } of graph.variables) {
    if (!before) continue;
    const node = builder.emit("ReadVariableOp", [handleOf(variable)], { dtype: { type: before.dtype } });
    reads.set(variable, node);
    lowerer.place(before, node);
  }
  for (const { value, data } of graph.constants) lowerer.place(value, builder.constant(value.dtype, data, value.shape));
  for (const node of graph.nodes) {
    const lowering = lowerings[node.kernel];
    if (lowering === undefined) {
      throw new IdganError("ENGINE_KERNEL", `engine-tensorflow has no lowering for the tfjs kernel ${node.kernel}, called by ${node.origin}. Use other ops there, or run with engine.options.mode "eager".`);
    }
    builder.origin = `${node.kernel} of ${node.origin}`;
    lowerer.place(outputOf(node), lowering(lowerer, node));
  }
  builder.origin = "a result";
  const outputs: Record<string, Port> = {};
  const emptyOutputs: string[] = [];
  for (const [name, value] of Object.entries(graph.outputs)) {
    const { shape, dtype } = value;
    if (sizeOf(shape) === 0) emptyOutputs.push(name);
    else outputs[name] = { node: builder.emit("Identity", [lowerer.name(value)], { T: { type: dtype } }), shape, dtype };
  }
  const writes: GraphVariable["variable"][] = [];
  const assigned = graph.variables.flatMap(({ variable, after }) => {
    if (!after) return [];
    writes.push(variable);
    const value = lowerer.name(after);
    // A variable keeps the memory that it is given: what was fed belongs to JavaScript, and is copied.
    const own = fed.has(value) || sharesMemory(builder.nodes, value, fed) ? builder.emit("DeepCopy", [value], { T: { type: after.dtype } }) : value;
    const before = reads.get(variable);
    return [builder.emit("AssignVariableOp", [handleOf(variable), own, ...(before === undefined ? [] : [`^${before}`])], { dtype: { type: after.dtype } })];
  });
  const done = builder.emit("Const", assigned.map((name) => `^${name}`), { dtype: { type: "float32" }, value: { tensor: { dtype: "float32", shape: [], bytes: new Uint8Array(4) } } });
  return { nodes: builder.nodes, inputs, outputs, emptyOutputs, reads: [...reads.keys()], writes, done, origins: builder.origins };
}

/** Ops that may hand on their input's memory under another shape. */
const views = new Set(["Reshape", "Identity", "BroadcastTo", "Cast", "Slice", "StridedSlice", "Transpose", "Tile", "ReverseV2", "ConcatV2", "PadV2"]);

function sharesMemory(nodes: readonly NodeDef[], name: string, fed: ReadonlySet<string>): boolean {
  const node = nodes.find((each) => each.name === name);
  if (!node || !views.has(node.op)) return false;
  return node.inputs.some((input) => fed.has(input) || sharesMemory(nodes, input, fed));
}
