import { IdganError, type Constant, type DataType, type Graph, type GraphVariable, type Value } from "@idgan/core";
import type { OnnxModel } from "../onnx/model.js";
import { isEmpty, Lowerer, outputOf, rows, type LoweringPlan } from "./lowerer.js";
import { lowerings } from "./table.js";

/** A tensor that is fed or fetched, and the shape in which the model holds it; the order of elements is tfjs's. */
export interface Port {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

export interface VariablePorts {
  readonly variable: GraphVariable["variable"];
  readonly before?: Port;
  readonly after?: Port;
}

/** A graph as a model, and what its inputs and outputs mean. Empty tensors are in no model, and have no port. */
export interface LoweredGraph {
  readonly model: OnnxModel;
  readonly inputs: Readonly<Record<string, Port>>;
  readonly outputs: Readonly<Record<string, Port>>;
  readonly emptyOutputs: readonly string[];
  readonly variables: readonly VariablePorts[];
}

export interface LowerOptions {
  readonly plan: LoweringPlan;
  /** Writes the values of variables into the model as constants. */
  readonly freeze?: (variable: GraphVariable["variable"]) => Float32Array;
  /** Calls inputs and outputs what the step calls them, in the step's shapes. */
  readonly plainNames?: boolean;
  /** Puts an empty list of this name before all outputs: see output-barrier.ts. */
  readonly barrier?: string;
}

/**
 * Turns a graph into one ONNX model.
 * @throws IdganError ENGINE_KERNEL for a kernel without a lowering.
 */
export function lowerGraph(graph: Graph, { plan, freeze, plainNames = false, barrier }: LowerOptions): LoweredGraph {
  const lowerer = new Lowerer(graph, plan);
  const inputs: Record<string, Port> = {};
  for (const [name, value] of Object.entries(graph.inputs)) {
    const port = feed(lowerer, plainNames ? name : `in.${name}`, value);
    if (port) inputs[name] = port;
  }
  const befores = new Map<GraphVariable, Port>();
  for (const [index, entry] of graph.variables.entries()) {
    if (!entry.before) continue;
    if (freeze) placeConstant(lowerer, { value: entry.before, data: elementsOf(entry.before, freeze(entry.variable)) });
    const port = freeze ? undefined : feed(lowerer, `var.${index}.${entry.variable.name}`, entry.before);
    if (port) befores.set(entry, port);
  }
  for (const constant of graph.constants) placeConstant(lowerer, constant);
  for (const node of graph.nodes) {
    const lowering = lowerings[node.kernel];
    if (lowering === undefined) {
      throw new IdganError("ENGINE_KERNEL", `engine-onnx has no lowering for the tfjs kernel ${node.kernel}, called by ${node.origin}. Use other ops there, or run with the eager engine.`);
    }
    lowerer.builder.origin = `${node.kernel} of ${node.origin}`;
    lowerer.place(outputOf(node), lowering(lowerer, node));
  }
  lowerer.builder.origin = "result";
  const taken = new Set<string>();
  const outputs: Record<string, Port> = {};
  const emptyOutputs: string[] = [];
  for (const [name, value] of Object.entries(graph.outputs)) {
    const port = fetch(lowerer, value, taken, plainNames ? name : undefined);
    if (port) outputs[name] = port;
    else emptyOutputs.push(name);
  }
  const variables = graph.variables.map((entry): VariablePorts => {
    const before = befores.get(entry);
    const after = entry.after && !freeze ? fetch(lowerer, entry.after, taken) : undefined;
    return { variable: entry.variable, ...(before && { before }), ...(after && { after }) };
  });
  if (barrier !== undefined) lowerer.builder.emptySequence(barrier);
  return { model: lowerer.builder.build(graph.name, { keepInputs: plainNames }), inputs, outputs, emptyOutputs, variables };
}

function feed(lowerer: Lowerer, name: string, value: Value): Port | undefined {
  if (isEmpty(value)) {
    placeConstant(lowerer, { value, data: new Float32Array(0) });
    return undefined;
  }
  const { shape, dtype } = value;
  lowerer.place(value, rows(lowerer.builder.input(name, dtype, shape), shape));
  return { name, shape, dtype };
}

/** What engines give as float32, in the value's own type. */
function elementsOf({ dtype }: Value, numbers: Float32Array): Constant["data"] {
  if (dtype === "float32") return numbers;
  return dtype === "int32" ? Int32Array.from(numbers) : Uint8Array.from(numbers);
}

function placeConstant(lowerer: Lowerer, { value, data }: Constant): void {
  const { shape, dtype } = value;
  const { builder } = lowerer;
  const first = data[0];
  if (data.length > 1 && first !== undefined && data.every((element: number) => Object.is(element, first))) {
    lowerer.place(value, { name: builder.constant(dtype, data.slice(0, 1), []), shape: [], order: "uniform" });
    return;
  }
  lowerer.place(value, rows(builder.constant(dtype, data, shape), shape));
}

/** Names a value as an output. One that comes straight from outside, or is an output already, is copied; so is one that must bear a name. */
function fetch(lowerer: Lowerer, value: Value, taken: Set<string>, wanted?: string): Port | undefined {
  if (isEmpty(value)) return undefined;
  const form = lowerer.form(value);
  const shape = form.order === "rows" && wanted === undefined ? form.shape : value.shape;
  const name = lowerer.shaped(value, shape);
  const own = wanted === undefined && lowerer.builder.producer(name) !== undefined && !taken.has(name);
  const output = own ? name : lowerer.builder.emit("Identity", [name], {}, "", wanted);
  taken.add(output);
  lowerer.builder.output(output, value.dtype, shape);
  return { name: output, shape, dtype: value.dtype };
}
