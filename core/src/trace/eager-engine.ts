import * as tf from "@tensorflow/tfjs";
import { IdganError } from "../contract/error.js";
import type { CompiledStep, Engine, Step } from "../contract/engine.js";
import { repairGradients } from "../ops/gradients/repair-gradients.js";
import { silenceNodeNotice } from "../ops/node-notice.js";
import { onBackend } from "./on-backend.js";
import { outputsOf } from "./step-outputs.js";

/** The feeds as tensors of their own memory, since a step may assign one to a variable. */
function tensorsOf<Input extends string>(step: Step<Input>, feeds: Readonly<Record<Input, Float32Array>>): Record<Input, tf.Tensor> {
  const names = Object.keys(step.inputs) as Input[];
  const tensors = names.map((name) => {
    const shape = [...step.inputs[name]];
    const feed: Float32Array | undefined = feeds[name];
    if (feed?.length !== tf.util.sizeFromShape(shape)) {
      throw new IdganError("INTERNAL", `Input "${name}" of step "${step.name}" needs ${tf.util.sizeFromShape(shape)} numbers for [${shape.join(", ")}], and got ${feed?.length ?? "none"}.`);
    }
    return [name, tf.tensor(feed.slice(), shape, "float32")] as const;
  });
  return Object.fromEntries(tensors) as Record<Input, tf.Tensor>;
}

/** Runs steps as they are written, with tfjs's kernels: slow, and the reference that other engines are compared with. */
export function createEagerEngine(backend = "cpu"): Engine {
  silenceNodeNotice();
  return {
    name: "eager",
    description: `TensorFlow.js ${tf.version.tfjs}, backend ${backend}`,
    fetchesFreely: true,
    async compile<Input extends string, Output extends string>(step: Step<Input, Output>): Promise<CompiledStep<Input, Output>> {
      repairGradients();
      return {
        name: step.name,
        async run(feeds, fetch = true) {
          const fetched: Record<string, Float32Array> = {};
          onBackend(backend, () =>
            tf.tidy(() => {
              const outputs = outputsOf(step, step.run(tensorsOf(step, feeds)));
              if (!fetch) return;
              for (const [name, tensor] of outputs) fetched[name] = Float32Array.from(tensor.dataSync());
            }),
          );
          return fetched as Record<Output, Float32Array>;
        },
        dispose: () => Promise.resolve(),
      };
    },
    async read(variable) {
      return Float32Array.from(variable.dataSync());
    },
    async write(variable, values) {
      onBackend(backend, () => tf.tidy(() => variable.assign(tf.tensor(values.slice(), variable.shape, variable.dtype))));
    },
    dispose: () => Promise.resolve(),
  };
}
