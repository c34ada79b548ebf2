import { setImmediate } from "node:timers/promises";
import { IdganError, optimise, traceStep, type CompiledStep, type Engine, type Step } from "@idgan/core";
import type { Binding } from "../binding.js";
import { sizeOf } from "../lowering/lowerer.js";
import { fuse } from "../lowering/fuse.js";
import type { LoweredStep } from "../lowering/lower.js";
import type { Feed } from "./session.js";
import { Workshop } from "./workshop.js";

/** Each step as one call into a session of TensorFlow's, in which the weights stay. */
export function createCompiledEngine(binding: Binding): Omit<Engine, "name" | "description" | "fetchesFreely"> {
  const workshop = new Workshop(binding);
  return {
    async compile<Input extends string, Output extends string>(step: Step<Input, Output>): Promise<CompiledStep<Input, Output>> {
      const lowered = workshop.add(fuse(optimise(traceStep(step))));
      return {
        name: step.name,
        async run(feeds, fetch = true) {
          // The call computes in this thread: without a turn of the event loop between updates no signal, and no timer, would be served while a run lasts.
          await setImmediate();
          const given = feedsOf(step, lowered, feeds);
          const names = fetch ? Object.keys(lowered.outputs) : [];
          const values = workshop.run(lowered, given, names.map((name) => lowered.outputs[name]?.node ?? ""));
          const results = [...names.map((name, i) => [name, values[i]] as const), ...(fetch ? lowered.emptyOutputs : []).map((name) => [name, new Float32Array(0)] as const)];
          return Object.fromEntries(results) as Record<Output, Float32Array>;
        },
        async dispose() {
          workshop.remove(lowered);
        },
      };
    },
    async read(variable) {
      return workshop.read(variable);
    },
    async write(variable, values) {
      workshop.write(variable, values);
    },
    async dispose() {
      workshop.clear();
    },
  };
}

function feedsOf<Input extends string>(step: Step<Input>, lowered: LoweredStep, feeds: Readonly<Record<Input, Float32Array>>): readonly Feed[] {
  return (Object.keys(step.inputs) as Input[]).flatMap((name) => {
    const shape = step.inputs[name];
    const values: Float32Array | undefined = feeds[name];
    if (values?.length !== sizeOf(shape)) {
      throw new IdganError("INTERNAL", `Input "${name}" of step "${step.name}" needs ${sizeOf(shape)} numbers for [${shape.join(", ")}], and got ${values?.length ?? "none"}.`);
    }
    const port = lowered.inputs[name];
    return port ? [{ ...port, values }] : [];
  });
}
