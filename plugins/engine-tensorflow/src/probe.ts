import { hasDriver, missingGpu } from "./device.js";
import { installCommand, lostPart, readRecord } from "./install-record.js";
import type { Loaded } from "./load.js";
import { hasAddon, installedPackages, packageNames, type BindingPackage } from "./packages.js";

/** A line on each part that the engine needs, for `idgan doctor`; of what is loaded, too, where it could be. */
export function probeLines(loaded?: Loaded): readonly string[] {
  const found = installedPackages();
  const packages = packageNames.map((name) => {
    const package_ = found.find((each) => each.name === name);
    return package_ ? `${name} ${package_.version}: ${stateOf(package_)}` : `${name}: not installed`;
  });
  const record = found.filter(hasAddon).map(readRecord).find((each) => each !== undefined);
  if (loaded?.binding.isUsingGpuDevice() === true) return [...packages, "NVIDIA GPU: computes"];
  return [...packages, hasDriver() ? `NVIDIA GPU: the CPU computes; ${missingGpu(record)}` : "NVIDIA GPU: no driver, so the CPU computes"];
}

function stateOf(package_: BindingPackage): string {
  if (!hasAddon(package_)) return `installed, without its native addon. Run: ${installCommand}`;
  const record = readRecord(package_);
  if (record === undefined) return "with the addon of its own installer";
  return lostPart(package_) ?? `TensorFlow ${record.release} for ${record.kind === "gpu" ? "GPUs" : "CPUs"}, from ${record.from}`;
}
