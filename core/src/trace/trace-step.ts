import * as tf from "@tensorflow/tfjs";
import { IdganError } from "../contract/error.js";
import type { Step } from "../contract/engine.js";
import { repairGradients } from "../ops/gradients/repair-gradients.js";
import type { Graph, Value } from "./graph.js";
import { silenceNodeNotice } from "../ops/node-notice.js";
import { onBackend } from "./on-backend.js";
import { randomError, withoutRandom } from "./random-guard.js";
import { Recorder } from "./recorder.js";
import { tracingBackend, tracingBackendName } from "./register-backend.js";
import { outputsOf } from "./step-outputs.js";
import type { TracingBackend } from "./tracing-backend.js";
import { VariableGuard } from "./variable-guard.js";

/**
 * Runs a step once on a backend that records, and returns what it did as a graph. Nothing is computed, and no variable changes.
 *
 * An output, or a variable's new value, may be any value of the graph: a node's, an input, a constant, another variable's; one value may be several outputs.
 * Outputs are float32.
 * @throws IdganError TRACE_READ, TRACE_RANDOM, TRACE_CONSTANT, ENGINE_KERNEL or STEP_INVALID, naming the origin.
 */
export function traceStep(step: Step): Graph {
  silenceNodeNotice();
  repairGradients();
  const backend = tracingBackend();
  return onBackend(tracingBackendName, () => {
    const recorder = new Recorder();
    backend.begin(recorder);
    const variables = new VariableGuard(backend, recorder);
    const trace: { graph?: Graph; thrown?: unknown; readonly made: string[] } = { made: [] };
    try {
      tf.tidy(() => {
        trace.graph = record(step, recorder, backend, variables);
      });
    } catch (error) {
      trace.thrown = error;
    }
    trace.made.push(...variables.restore());
    // What the trace refused explains what the step made of it.
    trace.thrown = backend.session.failure ?? trace.thrown;
    release(backend);
    if (trace.thrown !== undefined) throw trace.thrown;
    if (trace.made.length > 0) {
      throw new IdganError("STEP_INVALID", `Step "${step.name}" made the variables ${trace.made.join(", ")}. Make variables before the step, such as by building the model first.`);
    }
    if (!trace.graph) throw new IdganError("INTERNAL", `Step "${step.name}" left no graph.`);
    return trace.graph;
  });
}

function record(step: Step, recorder: Recorder, backend: TracingBackend, variables: VariableGuard): Graph {
  const inputs = Object.fromEntries(Object.entries(step.inputs).map(([name, shape]) => [name, recorder.value(shape, "float32")]));
  const tensors = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, tensorOf(value, backend)]));
  const returned = withoutRandom((caller) => backend.fail(randomError(caller)), () => step.run(tensors));
  const outputs = Object.fromEntries(outputsOf(step, returned).map(([name, tensor]) => [name, asFloat(backend.resolve(tensor), recorder)]));
  return recorder.graph({ name: step.name, inputs, outputs, variables: variables.used() });
}

function tensorOf(value: Value, backend: TracingBackend): tf.Tensor {
  const shape = [...value.shape];
  return tf.engine().makeTensorFromTensorInfo({ dataId: backend.place(() => value, shape, value.dtype), shape, dtype: value.dtype });
}

function asFloat(value: Value, recorder: Recorder): Value {
  if (value.dtype === "float32") return value;
  return recorder.run("Cast", { x: value }, { dtype: "float32" })[0] ?? value;
}

/** Drops what the step kept, or an error left alive, from tfjs's count. */
function release(backend: TracingBackend): void {
  const engine = tf.engine();
  for (const { dataId, references, bytes } of backend.end()) {
    engine.state.numTensors -= references;
    engine.state.numBytes -= references * bytes;
    engine.removeDataId(dataId, backend);
  }
}
