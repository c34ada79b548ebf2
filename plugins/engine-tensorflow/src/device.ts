import { existsSync, readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import type { Loaded } from "./load.js";
import type { EngineOptions } from "./settings.js";

/** What the loaded TensorFlow runs on, in one line. */
export function describeDevice({ binding, from }: Loaded, { threads, gpu }: EngineOptions): string {
  const device = binding.isUsingGpuDevice() ? `NVIDIA GPU ${process.env["CUDA_VISIBLE_DEVICES"] ?? gpu}${nameOfGpu()}` : `${cpus()[0]?.model.trim() ?? "CPU"}, ${threads > 0 ? threads : availableParallelism()} threads`;
  return `TensorFlow ${binding.TF_Version} by ${from.name} ${from.version}, ${device}`;
}

/** What is known when a GPU was asked for and the CPU answers; with the line to run. */
export function missingGpu({ from }: Loaded, kind: string | undefined): string {
  if (!hasDriver()) return "this machine has no NVIDIA driver (no /proc/driver/nvidia). Install it, or set engine.options.device to cpu";
  if (kind !== "gpu") return "the TensorFlow library that is installed was built for CPUs. Run: npx idgan engine install tensorflow --gpu";
  return `TensorFlow does not reach the GPU through ${from.name}: its CUDA libraries may not fit the driver. TF_CPP_MIN_LOG_LEVEL=0 says what it misses; nvidia-smi says which CUDA the driver allows`;
}

export function hasDriver(): boolean {
  return existsSync("/proc/driver/nvidia/version") || existsSync("/dev/nvidia0") || existsSync("/dev/dxg");
}

/** ` (NVIDIA H100)`, where the driver says it. */
function nameOfGpu(): string {
  try {
    const [driver = ""] = readFileSync("/proc/driver/nvidia/version", "utf8").split("\n");
    const version = /\s(\d+\.\d+(?:\.\d+)?)\s/.exec(driver)?.[1];
    return version === undefined ? "" : ` (driver ${version})`;
  } catch {
    return "";
  }
}
