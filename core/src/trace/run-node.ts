import * as tf from "@tensorflow/tfjs";
import { IdganError } from "../contract/error.js";
import type { GraphNode } from "./graph.js";

/** Attributes as tfjs's own kernels want them. */
function attrsOf({ kernel, attrs }: GraphNode): Readonly<Record<string, unknown>> {
  if (kernel === "Max") return { reductionIndices: attrs["axis"], keepDims: attrs["keepDims"] };
  if (kernel !== "StridedSlice") return attrs;
  return { ...attrs, beginMask: 0, endMask: 0, ellipsisMask: 0, newAxisMask: 0, shrinkAxisMask: 0 };
}

/** Computes one node with the kernels of the active tfjs backend; the caller disposes the result. */
export function runNode(node: GraphNode, inputs: Readonly<Record<string, tf.Tensor>>): tf.Tensor {
  if (node.kernel === "BroadcastTo" && inputs["x"]) return tf.broadcastTo(inputs["x"], [...(node.outputs[0]?.shape ?? [])]);
  const given = node.kernel === "Concat" ? Object.values(inputs) : inputs;
  const result = tf.engine().runKernel(node.kernel, given as tf.NamedTensorMap, attrsOf(node) as tf.NamedAttrMap);
  if (Array.isArray(result)) throw new IdganError("INTERNAL", `${node.kernel} has more than one output.`);
  return result;
}
