import * as tf from "@tensorflow/tfjs";
import { IdganError } from "../contract/error.js";
import type { Inputs } from "./kernels/rule.js";
import { kernelRules } from "./kernels/table.js";
import { randomError } from "./random-guard.js";
import { unknownKernel } from "./recorder.js";
import { TracingBackend } from "./tracing-backend.js";

export const tracingBackendName = "idgan-trace";

function recordCall(backend: TracingBackend, kernel: string, tensors: tf.NamedTensorInfoMap, attrs: tf.NamedAttrMap | undefined): tf.TensorInfo[] {
  const inputs: Inputs = Object.fromEntries(
    Object.entries(tensors).flatMap(([name, tensor]) => (tensor ? [[name, backend.resolve(tensor)] as const] : [])),
  );
  const values = backend.session.recorder.run(kernel, inputs, attrs ?? {});
  return values.map((value) => {
    const shape = [...value.shape];
    return { dataId: backend.place(() => value, shape, value.dtype), shape, dtype: value.dtype };
  });
}

const severalOutputs = new Set(["SplitV", "Unpack"]);
const registered = new Set<string>();

function register(kernel: string, run: (backend: TracingBackend, inputs: tf.NamedTensorInfoMap, attrs: tf.NamedAttrMap | undefined) => tf.TensorInfo[]): void {
  if (registered.has(kernel)) return;
  registered.add(kernel);
  tf.registerKernel({
    kernelName: kernel,
    backendName: tracingBackendName,
    kernelFunc: ({ inputs, attrs, backend }) => {
      if (!(backend instanceof TracingBackend)) throw new IdganError("INTERNAL", `${kernel} ran on another backend.`);
      const outputs = run(backend, inputs, attrs);
      const [first] = outputs;
      return severalOutputs.has(kernel) || !first ? outputs : first;
    },
  });
}

/** The tracing backend, registered at first use; kernels that tfjs has and the trace has not are made to say so. */
export function tracingBackend(): TracingBackend {
  if (registered.size === 0) tf.registerBackend(tracingBackendName, () => new TracingBackend(), -1);
  for (const kernel of Object.keys(kernelRules)) register(kernel, (backend, inputs, attrs) => recordCall(backend, kernel, inputs, attrs));
  register("Multinomial", (backend) => {
    throw backend.fail(randomError("tf.multinomial"));
  });
  for (const { kernelName } of tf.getKernelsForBackend("cpu")) {
    register(kernelName, (backend) => {
      throw backend.fail(unknownKernel(kernelName));
    });
  }
  const backend = tf.findBackend(tracingBackendName);
  if (!(backend instanceof TracingBackend)) throw new IdganError("PLUGIN_CORE_COPY", `The tfjs backend "${tracingBackendName}" belongs to another copy of @idgan/core in this process. Install one copy of it: npm dedupe`);
  return backend;
}
