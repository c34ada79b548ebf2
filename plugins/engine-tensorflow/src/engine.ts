import { createEagerEngine, type Engine } from "@idgan/core";
import { createCompiledEngine } from "./compiled/compiled-engine.js";
import { describeDevice, hasDriver, missingGpu } from "./device.js";
import { registerKernels } from "./eager/register-kernels.js";
import { backendName, loadBinding } from "./load.js";
import { readRecord } from "./install-record.js";
import { applySettings, type EngineOptions } from "./settings.js";

/**
 * TensorFlow as an engine.
 * @throws IdganError ENGINE_UNAVAILABLE that names what is missing and the command that brings it.
 */
export async function createTensorflowEngine(options: EngineOptions): Promise<Engine> {
  applySettings(options);
  const loaded = loadBinding();
  const onGpu = loaded.binding.isUsingGpuDevice();
  if (!onGpu && (options.device === "gpu" || (options.device === "auto" && hasDriver()))) {
    console.warn(`warning: the CPU computes, and not the GPU: ${missingGpu(readRecord(loaded.from))}.`);
  }
  if (options.mode === "eager") registerKernels(loaded.binding);
  const engine = options.mode === "eager" ? createEagerEngine(backendName) : createCompiledEngine(loaded.binding);
  return { ...engine, name: "tensorflow", description: describeDevice(loaded, options), fetchesFreely: !onGpu };
}
