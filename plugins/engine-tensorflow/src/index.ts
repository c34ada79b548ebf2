import { boolean, definePlugin, integerFrom, messageOf, oneOf } from "@idgan/core";
import { createTensorflowEngine } from "./engine.js";
import { installTensorflow } from "./install/install.js";
import { loadBinding } from "./load.js";
import { probeLines } from "./probe.js";
import type { EngineOptions } from "./settings.js";
import { standardOptions } from "./standard-options.js";

export { createTensorflowEngine } from "./engine.js";
export type { EngineOptions } from "./settings.js";

export default definePlugin<EngineOptions>({
  kind: "engine",
  name: "@idgan/engine-tensorflow",
  core: "^0.1.0",
  options: {
    device: { doc: "What computes: the GPU where there is one (auto), or one of them; the CPU answers for a GPU that is missing, with a warning.", format: oneOf("auto", "cpu", "gpu"), default: standardOptions.device },
    gpu: { doc: "Which of several GPUs, counted from 0; the environment's CUDA_VISIBLE_DEVICES goes before it.", format: integerFrom(0), default: standardOptions.gpu },
    memoryGrowth: { doc: "Whether the GPU's memory is taken as it is needed, and not whole at the start.", format: boolean, default: standardOptions.memoryGrowth },
    threads: { doc: "Processor threads; 0 takes as many as this process may use.", format: integerFrom(0), default: standardOptions.threads },
    deterministic: { doc: "Whether a GPU must give the same bytes for the same updates, which is slower; a CPU does anyway.", format: boolean, default: standardOptions.deterministic },
    mode: { doc: "Each step as one compiled graph with the weights on the device, or kernel by kernel as TensorFlow.js runs it.", format: oneOf("compiled", "eager"), default: standardOptions.mode },
  },
  create: (options) => createTensorflowEngine(options),
  async probe(options) {
    try {
      const engine = await createTensorflowEngine(options);
      await engine.dispose();
      return { available: true, lines: [engine.description, ...probeLines(loadBinding())] };
    } catch (error) {
      const message = messageOf(error);
      return { available: false, lines: [message, ...probeLines().map((line) => line.replace(message, "as said above"))] };
    }
  },
  install: installTensorflow,
});
