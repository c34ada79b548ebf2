import { cpus } from "node:os";
import { optimise, traceStep, type CompiledStep, type Engine, type Step } from "@idgan/core";
import { blockLength } from "./blocks-probe.js";
import { createCompiledStep } from "./compiled-step.js";
import { lowerGraph } from "./lowering/lower.js";
import { planOf, type LoweringPlan } from "./lowering/lowerer.js";
import { ModelCache } from "./model-cache.js";
import { barrier, barrierMessage } from "./output-barrier.js";
import { chooseProviders, runtimeVersion, threadsOf, type Provider } from "./providers.js";
import { openSession, tryProviders } from "./session.js";
import { VariableStore } from "./state.js";

export interface OnnxEngineOptions {
  /** 0 for as many as the machine has. */
  readonly threads: number;
  /** In order of wish; what one cannot run falls to the next, and in the end to the CPU. */
  readonly providers: readonly Provider[];
  /** Default `pooled`; `frugal` gives memory back to the system as soon as a value is no longer needed. */
  readonly memory?: "pooled" | "frugal";
  /** Writes ONNX Runtime's profile of every step, for finding slow operators. */
  readonly profile?: string;
  /** How convolutions are lowered; as suits the first provider unless given. */
  readonly plan?: LoweringPlan;
}

/**
 * Compiles each step into one ONNX model, update and all, and runs it with ONNX Runtime.
 * @throws IdganError ENGINE_UNAVAILABLE where a provider is missing.
 */
export async function createOnnxEngine(options: OnnxEngineOptions): Promise<Engine> {
  const providers = chooseProviders(options.providers);
  const threads = threadsOf(options.threads);
  await tryProviders(providers);
  const onCpu = providers[0] === "cpu";
  const plan = options.plan ?? (onCpu ? planOf("gather", await blockLength()) : planOf("native"));
  const barred = onCpu ? await barrierMessage() : undefined;
  const store = new VariableStore();
  const cache = onCpu ? new ModelCache(`ONNX Runtime ${runtimeVersion()}, blocks of ${plan.block}`) : undefined;
  const steps = new Set<CompiledStep>();
  const device = onCpu ? (cpus()[0]?.model ?? "CPU") : providers.join(", then ");
  return {
    name: "onnx",
    description: `ONNX Runtime ${runtimeVersion()}, ${device}, ${threads} threads`,
    fetchesFreely: onCpu,
    async compile<Input extends string, Output extends string>(step: Step<Input, Output>): Promise<CompiledStep<Input, Output>> {
      const lowered = lowerGraph(optimise(traceStep(step)), { plan, ...(barred !== undefined && { barrier }) });
      const profile = options.profile === undefined ? {} : { profile: `${options.profile}-${step.name}` };
      const session = await openSession(lowered.model, { threads, providers, frugal: options.memory === "frugal", ...profile, ...(cache && { cache }) });
      const compiled = createCompiledStep(step, lowered, session, store, barred);
      const tracked: CompiledStep<Input, Output> = {
        ...compiled,
        async dispose() {
          if (steps.delete(tracked as CompiledStep)) await compiled.dispose();
        },
      };
      steps.add(tracked as CompiledStep);
      return tracked;
    },
    async read(variable) {
      return store.read(variable);
    },
    async write(variable, values) {
      store.write(variable, values);
    },
    async dispose() {
      for (const step of steps) await step.dispose();
      store.clear();
    },
  };
}
