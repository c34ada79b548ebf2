import { isMainThread } from "node:worker_threads";
import { IdganError } from "@idgan/core";

/** What a user can set. */
export interface EngineOptions {
  readonly device: "auto" | "cpu" | "gpu";
  /** Which of several GPUs, counted from 0. */
  readonly gpu: number;
  readonly memoryGrowth: boolean;
  /** 0 for as many as the machine has. */
  readonly threads: number;
  readonly deterministic: boolean;
  readonly mode: "compiled" | "eager";
}

/** TensorFlow reads its settings from the environment, once, when its library is loaded. */
export function environmentOf({ device, gpu, memoryGrowth, threads, deterministic }: EngineOptions): Readonly<Record<string, string>> {
  return {
    ...(device === "cpu" ? { CUDA_VISIBLE_DEVICES: "-1" } : {}),
    // The binding takes the last GPU that it sees: it is shown one.
    ...(device !== "cpu" && process.env["CUDA_VISIBLE_DEVICES"] === undefined ? { CUDA_VISIBLE_DEVICES: String(gpu) } : {}),
    TF_FORCE_GPU_ALLOW_GROWTH: String(memoryGrowth),
    ...(threads > 0 ? { TF_NUM_INTRAOP_THREADS: String(threads), TF_NUM_INTEROP_THREADS: String(threads) } : {}),
    ...(deterministic ? { TF_DETERMINISTIC_OPS: "1", TF_CUDNN_DETERMINISTIC: "1" } : {}),
    // Its notices about processors and compilers are no news for a user of the engine; warnings and errors are.
    ...(process.env["TF_CPP_MIN_LOG_LEVEL"] === undefined ? { TF_CPP_MIN_LOG_LEVEL: "1" } : {}),
  };
}

let applied: { readonly key: string; readonly options: EngineOptions } | undefined;

/**
 * Puts the settings where TensorFlow finds them.
 * @throws IdganError ENGINE_UNAVAILABLE where the library was started with others: one process has one TensorFlow.
 */
export function applySettings(options: EngineOptions): void {
  const { mode: _, ...settings } = options;
  const key = JSON.stringify(settings, Object.keys(settings).sort());
  if (applied !== undefined && applied.key !== key) {
    const changed = (Object.keys(settings) as (keyof typeof settings)[]).filter((name) => settings[name] !== applied?.options[name]);
    throw new IdganError("ENGINE_UNAVAILABLE", `TensorFlow was started in this process with other settings, and cannot change ${changed.map((name) => `"${name}"`).join(", ")}. Start another process for them.`);
  }
  if (applied !== undefined) return;
  applied = { key, options };
  const wanted = Object.entries(environmentOf(options)).filter(([name, value]) => process.env[name] !== value);
  if (!isMainThread && wanted.length > 0) {
    const line = wanted.map(([name, value]) => `${name}=${value}`).join(" ");
    console.warn(`warning: TensorFlow reads its settings from the environment of the process, of which a worker thread has only a copy. Make the engine in the main thread, or start the process with ${line}.`);
  }
  Object.assign(process.env, Object.fromEntries(wanted));
}
