import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The npm packages that hold TensorFlow.js's binding, the one for GPUs first: with the same library under them, they differ in their names alone. */
export const packageNames = ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"] as const;
export type PackageName = (typeof packageNames)[number];

/** One of the packages as it lies on disk. */
export interface BindingPackage {
  readonly name: PackageName;
  readonly version: string;
  readonly folder: string;
  /** Where the package looks for its addon, whether it is there or not. */
  readonly addon: string;
  /** Where the addon looks for TensorFlow's libraries. */
  readonly libraries: string;
}

interface Manifest {
  readonly version: string;
  readonly binary: { readonly napi_versions: readonly number[]; readonly module_path: string; readonly module_name: string };
}

/** The packages that are installed where this engine finds them, in order of wish. */
export function installedPackages(require: NodeJS.Require = createRequire(import.meta.url)): readonly BindingPackage[] {
  return packageNames.flatMap((name) => {
    try {
      return [describePackage(name, dirname(require.resolve(`${name}/package.json`)))];
    } catch {
      return [];
    }
  });
}

function describePackage(name: PackageName, folder: string): BindingPackage {
  const { version, binary } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
  const here = Number(process.versions["napi"]);
  const napi = Math.max(...binary.napi_versions.filter((each) => each <= here));
  const place = binary.module_path.replace("{napi_build_version}", String(napi));
  return { name, version, folder, addon: join(folder, place, `${binary.module_name}.node`), libraries: join(folder, "deps", "lib") };
}

export function hasAddon({ addon }: BindingPackage): boolean {
  return existsSync(addon);
}
