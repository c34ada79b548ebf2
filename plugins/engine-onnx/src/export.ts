import { IdganError, optimise, traceStep, type Engine, type Step } from "@idgan/core";
import type * as tf from "@tensorflow/tfjs";
import { lowerGraph } from "./lowering/lower.js";
import { planOf } from "./lowering/lowerer.js";
import { encodeModel } from "./onnx/encode.js";

/**
 * A step that only computes, such as a generator, as the bytes of an ONNX file that any runtime reads: ONNX's own operators alone,
 * inputs and outputs under the step's names, the variables' present values as constants.
 * Give the engine that trained them, or the values that tfjs holds are written.
 * @throws IdganError STEP_INVALID where an output has the name of an input, which ONNX cannot tell apart.
 */
export async function exportOnnx(step: Step, engine?: Engine): Promise<Uint8Array> {
  const graph = optimise(traceStep(step));
  const twice = Object.keys(graph.outputs).find((name) => Object.hasOwn(step.inputs, name));
  if (twice !== undefined) throw new IdganError("STEP_INVALID", `The step "${step.name}" has an input and an output called "${twice}", and an ONNX file has one value of a name. Rename the output.`);
  const values = new Map<tf.Variable, Float32Array>();
  for (const { variable } of graph.variables) {
    values.set(variable, engine ? await engine.read(variable) : Float32Array.from(variable.dataSync()));
  }
  const { model } = lowerGraph(graph, { plan: planOf("native"), freeze: (variable) => values.get(variable) ?? new Float32Array(0), plainNames: true });
  return encodeModel(model);
}
