import { hasDriver, missingGpu } from "./device.js";
import { readRecord } from "./install/addon.js";
import { installCommand, type Loaded } from "./load.js";
import { hasAddon, installedPackages, packageNames, type BindingPackage } from "./packages.js";

/** A line on each part that the engine needs, for `idgan doctor`; of what is loaded, too, where it could be. */
export async function probeLines(loaded?: Loaded): Promise<readonly string[]> {
  const found = installedPackages();
  const packages = await Promise.all(packageNames.map(async (name) => {
    const package_ = found.find((each) => each.name === name);
    return package_ ? `${name} ${package_.version}: ${await stateOf(package_, loaded)}` : `${name}: not installed`;
  }));
  const record = (await Promise.all(found.filter(hasAddon).map(readRecord))).find((each) => each !== undefined);
  if (loaded?.binding.isUsingGpuDevice() === true) return [...packages, "NVIDIA GPU: computes"];
  return [...packages, hasDriver() ? `NVIDIA GPU: the CPU computes; ${missingGpu(record?.kind)}` : "NVIDIA GPU: no driver, so the CPU computes"];
}

async function stateOf(package_: BindingPackage, loaded: Loaded | undefined): Promise<string> {
  if (!hasAddon(package_)) return `installed, without its native addon. Run: ${installCommand}`;
  const record = await readRecord(package_);
  const release = loaded?.from.name === package_.name ? loaded.binding.TF_Version : record?.release;
  if (record && /^\d/.test(record.release) && release !== record.release) return `its addon was built for TensorFlow ${record.release}, and the library beside it is ${release}. Run: ${installCommand} --release ${record.release}`;
  return record ? `TensorFlow ${record.release} for ${record.kind === "gpu" ? "GPUs" : "CPUs"}, from ${record.from}` : "with the addon of its own installer";
}
