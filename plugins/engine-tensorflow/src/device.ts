import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { installCommand, type InstallRecord } from "./install-record.js";
import type { Loaded } from "./load.js";
import type { EngineOptions } from "./settings.js";

/** What the loaded TensorFlow runs on, in one line. */
export function describeDevice({ binding, from }: Loaded, { threads, gpu, mode }: EngineOptions): string {
  const shown = process.env["CUDA_VISIBLE_DEVICES"] ?? String(gpu);
  const device = binding.isUsingGpuDevice() ? nameOfGpu(shown) : `${cpus()[0]?.model.trim() ?? "CPU"}, ${threads > 0 ? threads : availableParallelism()} threads`;
  return `TensorFlow ${binding.TF_Version} by ${from.name} ${from.version}, ${device}${mode === "eager" ? ", kernel by kernel" : ""}`;
}

/** Why there is no GPU for what was installed, with the line to run. */
export function missingGpu(record: Pick<InstallRecord, "kind" | "files"> | undefined, driver = hasDriver()): string {
  if (!driver) {
    return "there is no NVIDIA driver here (neither /proc/driver/nvidia nor /dev/dxg). Install it (apt-get install nvidia-driver; a container gets the host's by docker run --gpus all)"
      + `${record?.kind === "cpu" ? `, then run ${installCommand} --gpu` : ""}, or set engine.options.device to cpu`;
  }
  if (record?.kind === "cpu") return `the TensorFlow library that is installed was built for CPUs. Run: ${installCommand} --gpu`;
  const tried = "TF_CPP_MIN_LOG_LEVEL=0 tells what TensorFlow tried";
  if (Object.keys(record?.files ?? {}).some((path) => path.includes("libcudart"))) {
    return `TensorFlow does not reach the GPU, though CUDA lies beside it: the driver does not answer, or is older than this CUDA. nvidia-smi says both, and ${tried}. With an older CUDA: ${installCommand} --gpu --release 2.15.1`;
  }
  return `TensorFlow does not reach the GPU: no CUDA was installed with it, and none that fits is where the dynamic linker looks. ${tried}. What fits it is brought by: ${installCommand} --gpu`;
}

export function hasDriver(): boolean {
  return existsSync("/proc/driver/nvidia/version") || existsSync("/dev/nvidia0") || existsSync("/dev/dxg");
}

/** `NVIDIA H100 80GB HBM3, 81559 MiB, driver 570.86.15`, where nvidia-smi says it. */
export function nameOfGpu(shown: string): string {
  const [first = "0"] = shown.split(",");
  try {
    const query = ["--query-gpu=name,memory.total,driver_version", "--format=csv,noheader", "-i", first];
    const [name = "", memory = "", driver = ""] = execFileSync("nvidia-smi", query, { encoding: "utf8", timeout: 5000, stdio: ["ignore", "pipe", "ignore"] }).trim().split(", ");
    return `${name}, ${memory}, driver ${driver}`;
  } catch {
    return `NVIDIA GPU ${first}`;
  }
}
