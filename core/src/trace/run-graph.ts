import * as tf from "@tensorflow/tfjs";
import { IdganError } from "../contract/error.js";
import type { Graph, Value } from "./graph.js";
import { onBackend } from "./on-backend.js";
import { runNode } from "./run-node.js";

/** What a graph computes: its outputs, and the new values of the variables that it assigns. */
export interface GraphResult {
  readonly outputs: Readonly<Record<string, Float32Array>>;
  readonly variables: ReadonlyMap<tf.Variable, Float32Array>;
}

/** Interprets a graph with tfjs's cpu kernels, and assigns nothing: the reference for passes and engines. */
export function runGraph(graph: Graph, feeds: Readonly<Record<string, Float32Array>>): GraphResult {
  return onBackend("cpu", () => {
    const result: { current?: GraphResult } = {};
    tf.tidy(() => {
      const values = new Map<number, tf.Tensor>();
      const tensorOf = ({ id }: Value): tf.Tensor => {
        const tensor = values.get(id);
        if (!tensor) throw new IdganError("INTERNAL", `The graph of "${graph.name}" uses value ${id} before it is computed.`);
        return tensor;
      };
      for (const { variable, before } of graph.variables) if (before) values.set(before.id, variable);
      for (const { value, data } of graph.constants) values.set(value.id, tf.tensor(data, [...value.shape], value.dtype));
      for (const [name, value] of Object.entries(graph.inputs)) {
        const feed = feeds[name];
        if (!feed) throw new IdganError("INTERNAL", `Input "${name}" of "${graph.name}" was not fed.`);
        values.set(value.id, tf.tensor(feed, [...value.shape], "float32"));
      }
      for (const node of graph.nodes) {
        const inputs = Object.fromEntries(Object.entries(node.inputs).map(([name, value]) => [name, tensorOf(value)]));
        const [output] = node.outputs;
        if (output) values.set(output.id, checked(runNode(node, inputs), output, node.kernel));
      }
      const read = (value: Value): Float32Array => Float32Array.from(tensorOf(value).dataSync());
      result.current = {
        outputs: Object.fromEntries(Object.entries(graph.outputs).map(([name, value]) => [name, read(value)])),
        variables: new Map(graph.variables.flatMap(({ variable, after }) => (after ? [[variable, read(after)] as const] : []))),
      };
    });
    if (!result.current) throw new IdganError("INTERNAL", `"${graph.name}" left no result.`);
    return result.current;
  });
}

/** Shapes and dtypes inferred by the trace must be those that tfjs computes. */
function checked(tensor: tf.Tensor, value: Value, kernel: string): tf.Tensor {
  if (tensor.dtype !== value.dtype || tensor.shape.join() !== value.shape.join()) {
    throw new IdganError("INTERNAL", `${kernel} gave ${tensor.dtype}[${tensor.shape.join(", ")}], not ${value.dtype}[${value.shape.join(", ")}].`);
  }
  return tensor;
}
