import type { Graph, GraphNode, Value } from "@idgan/core";

/** A graph, and who computes each of its values. */
interface Situation {
  readonly producers: ReadonlyMap<number, GraphNode>;
  /** The rectified value of each value that is rectified, by the slope below 0. */
  readonly rectified: ReadonlyMap<string, Value>;
  readonly order: ReadonlyMap<GraphNode, number>;
}

/** Joins kernels that TensorFlow has one op for: `ReluGrad`, `LeakyReluGrad`, `BiasAdd`, `BiasAddGrad`. What only they needed is left for TensorFlow to drop. */
export function fuse(graph: Graph): Graph {
  const producers = new Map<number, GraphNode>();
  const rectified = new Map<string, Value>();
  for (const node of graph.nodes) {
    const [output] = node.outputs;
    if (!output) continue;
    producers.set(output.id, node);
    const x = node.inputs["x"];
    if (x && node.kernel === "Relu") rectified.set(`${x.id} 0`, output);
    if (x && node.kernel === "LeakyRelu" && Number(node.attrs["alpha"]) > 0) rectified.set(`${x.id} ${Number(node.attrs["alpha"])}`, output);
  }
  const situation: Situation = { producers, rectified, order: new Map(graph.nodes.map((node, i) => [node, i])) };
  return { ...graph, nodes: graph.nodes.map((node) => fused(node, situation) ?? node) };
}

function fused(node: GraphNode, situation: Situation): GraphNode | undefined {
  const [output] = node.outputs;
  if (output?.dtype !== "float32") return undefined;
  switch (node.kernel) {
    case "Multiply":
      return slopeTimes(node, output, node.inputs["a"], node.inputs["b"], situation) ?? slopeTimes(node, output, node.inputs["b"], node.inputs["a"], situation);
    case "Add":
      return biased(node, output, node.inputs["a"], node.inputs["b"]) ?? biased(node, output, node.inputs["b"], node.inputs["a"]);
    case "Sum":
      return summed(node);
    default:
      return undefined;
  }
}

/**
 * `step(x) * dy` is the gradient of a rectifier. It asks for the sign of x alone, which the rectified value has too: so nothing but the
 * rectifier needs x itself, and TensorFlow joins it with the convolution and the bias before.
 */
function slopeTimes(node: GraphNode, output: Value, slope: Value | undefined, dy: Value | undefined, { producers, rectified, order }: Situation): GraphNode | undefined {
  const step = slope && producers.get(slope.id);
  const x = step?.inputs["x"];
  if (step?.kernel !== "Step" || x?.dtype !== "float32" || !dy || !sameShape(x.shape, output.shape) || !sameShape(dy.shape, output.shape)) return undefined;
  const alpha = Number(step.attrs["alpha"]);
  const after = rectified.get(`${x.id} ${alpha}`);
  const producer = after && producers.get(after.id);
  const isThere = producer !== undefined && (order.get(producer) ?? Infinity) < (order.get(node) ?? 0);
  const inputs = { dy, x: after && isThere ? after : x };
  return alpha === 0 ? { ...node, kernel: "ReluGrad", inputs, attrs: {} } : { ...node, kernel: "LeakyReluGrad", inputs, attrs: { alpha } };
}

function biased(node: GraphNode, output: Value, x: Value | undefined, bias: Value | undefined): GraphNode | undefined {
  if (!x || !bias || x.shape.length < 2 || bias.shape.length !== 1 || !sameShape(x.shape, output.shape) || bias.shape[0] !== x.shape.at(-1)) return undefined;
  return { ...node, kernel: "BiasAdd", inputs: { x, bias }, attrs: {} };
}

/** A sum over every axis but the last. */
function summed(node: GraphNode): GraphNode | undefined {
  const x = node.inputs["x"];
  const axis = node.attrs["axis"];
  if (x?.dtype !== "float32" || x.shape.length < 2 || node.attrs["keepDims"] === true || !Array.isArray(axis)) return undefined;
  return axis.length === x.shape.length - 1 && !axis.includes(x.shape.length - 1) ? { ...node, kernel: "BiasAddGrad", inputs: { x }, attrs: {} } : undefined;
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((length, i) => length === b[i]);
}
