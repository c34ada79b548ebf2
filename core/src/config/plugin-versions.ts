import { readManifest, findPackage, isFilePath, packageOf } from "./package-path.js";
import { folderOf } from "./folder-of.js";
import type { RunConfig } from "./run-config.js";

/** Version of the package of each plugin that a run names, by `use`; a local file or object has none of its own. */
export function pluginVersions({ data, vae, gan, engine, taps }: RunConfig): Readonly<Record<string, string>> {
  const found = [data, vae, gan, engine, ...taps].flatMap(({ use, from }) => {
    if (isFilePath(use)) return [];
    const root = findPackage(packageOf(use), folderOf(from ?? process.cwd()));
    const version = root === undefined ? undefined : readManifest(root).version;
    return version === undefined ? [] : [[use, version] as const];
  });
  return Object.fromEntries(found);
}
