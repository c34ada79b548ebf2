import { definePlugin, integerFrom, listOf, messageOf, oneOf } from "@idgan/core";
import { createOnnxEngine } from "./engine.js";
import { describeProviders, providerNames, type Provider } from "./providers.js";

export { createOnnxEngine, type OnnxEngineOptions } from "./engine.js";
export { planOf, type LoweringPlan, type LoweringStyle } from "./lowering/lowerer.js";
export { exportOnnx } from "./export.js";
export type { Provider } from "./providers.js";

export interface EngineOptions {
  readonly threads: number;
  readonly providers: readonly Provider[];
  readonly memory: "pooled" | "frugal";
}

export default definePlugin<EngineOptions>({
  kind: "engine",
  name: "@idgan/engine-onnx",
  core: "^0.1.0",
  options: {
    threads: { doc: "Processor threads; 0 takes as many as this process may use.", format: integerFrom(0), default: 0 },
    providers: {
      doc: "ONNX Runtime's execution providers in order of wish; the CPU takes what the others cannot run.",
      format: listOf(oneOf(...providerNames)),
      default: ["cpu"],
    },
    memory: {
      doc: "`pooled`: memory of values that are no longer needed is kept for the next ones, the faster way; `frugal`: it goes back to the system at once, for images so large that an update would not fit.",
      format: oneOf("pooled", "frugal"),
      default: "pooled",
    },
  },
  create: (options) => createOnnxEngine(options),
  async probe(options) {
    const lines = describeProviders();
    try {
      const engine = await createOnnxEngine(options);
      await engine.dispose();
      return { available: true, lines: [engine.description, ...lines] };
    } catch (error) {
      return { available: false, lines: [messageOf(error), ...lines] };
    }
  },
});
