import { hasDriver } from "./device.js";
import { readRecord } from "./install/addon.js";
import { installCommand } from "./load.js";
import { hasAddon, installedPackages, packageNames } from "./packages.js";

/** A line on each part that the engine needs, for `idgan doctor`. */
export async function probeLines(): Promise<readonly string[]> {
  const found = installedPackages();
  const packages = await Promise.all(packageNames.map(async (name) => {
    const package_ = found.find((each) => each.name === name);
    if (!package_) return `${name}: not installed`;
    if (!hasAddon(package_)) return `${name} ${package_.version}: installed, without its native addon. Run: ${installCommand}`;
    const record = await readRecord(package_);
    return `${name} ${package_.version}: ${record ? `TensorFlow ${record.release} for ${record.kind === "gpu" ? "GPUs" : "CPUs"}, from ${record.from}` : "with the addon of its own installer"}`;
  }));
  return [...packages, hasDriver() ? "NVIDIA driver: installed" : "NVIDIA driver: none, so the CPU computes"];
}
