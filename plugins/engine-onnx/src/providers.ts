import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { IdganError } from "@idgan/core";
import { listSupportedBackends } from "./runtime.js";

/** What ONNX Runtime can run on. */
export const providerNames = ["cpu", "webgpu", "cuda"] as const;
export type Provider = (typeof providerNames)[number];

const require = createRequire(import.meta.url);

/** What to do where a provider does not run. */
export const remedies: Readonly<Record<Provider, string>> = {
  cpu: "Reinstall onnxruntime-node.",
  webgpu: "It comes with onnxruntime-node for 64-bit Linux, Windows and macOS and needs a GPU with a driver: Vulkan on Linux (`vulkaninfo` lists it).",
  cuda: "On 64-bit Linux with an NVIDIA driver, CUDA 12 or 13 and cuDNN 9, install its libraries: `npm explore onnxruntime-node -- npm run postinstall`.",
};

/** Whether the files of a provider are installed; whether the machine has the device is another question. */
export function isInstalled(provider: Provider): boolean {
  const backend = listSupportedBackends().find(({ name }) => name === provider);
  if (!backend) return false;
  if (backend.bundled) return true;
  const folder = join(dirname(require.resolve("onnxruntime-node/package.json")), "bin", "napi-v6", process.platform, process.arch);
  return ["libonnxruntime_providers_cuda.so", "onnxruntime_providers_cuda.dll"].some((file) => existsSync(join(folder, file)));
}

/**
 * The providers to use, in order, the CPU last of all.
 * @throws IdganError ENGINE_UNAVAILABLE that names each one missing.
 */
export function chooseProviders(wanted: readonly Provider[]): readonly Provider[] {
  const missing = wanted.filter((provider) => !isInstalled(provider));
  if (missing.length > 0) {
    const lines = missing.map((provider) => `The ONNX Runtime provider "${provider}" is not installed. ${remedies[provider]}`);
    throw new IdganError("ENGINE_UNAVAILABLE", `${lines.join(" ")} Or leave it out of \`engine.options.providers\`.`);
  }
  return [...wanted.filter((provider) => provider !== "cpu"), "cpu"];
}

/** A line on each provider, for `idgan doctor`. */
export function describeProviders(): readonly string[] {
  return providerNames.map((provider) => (isInstalled(provider) ? `${provider}: installed` : `${provider}: not installed. ${remedies[provider]}`));
}

/** 0 asks for one thread per processor that this process may use. */
export function threadsOf(threads: number): number {
  return threads > 0 ? threads : availableParallelism();
}

export function runtimeVersion(): string {
  const manifest: unknown = require("onnxruntime-node/package.json");
  return typeof manifest === "object" && manifest !== null && "version" in manifest ? String(manifest.version) : "of unknown version";
}
