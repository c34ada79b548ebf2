import { existsSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { coreFolder } from "./config-file.js";
import { otherCoreOf } from "./core-copy.js";
import { findPackage, readManifest } from "./package-path.js";

/**
 * Folders of the packages with the keyword `idgan-plugin` that a config in `folder` could name: those above it, those beside core, and those that
 * presets bring. Dependencies are followed through packages of idgan alone: a package manager may keep a preset's plugins beside the preset.
 */
export function pluginFolders(folder: string): readonly string[] {
  const roots = new Map<string, string>();
  const waiting = [...new Set([folder, coreFolder].flatMap(nodeModulesAbove))].flatMap(packagesIn);
  for (let root = waiting.shift(); root !== undefined; root = waiting.shift()) {
    const { name = root, keywords = [], dependencies = {} } = readManifest(root);
    const known = roots.get(name);
    // A copy that shares this core goes before one that would bring a second.
    if ((known !== undefined && (otherCoreOf(known) === undefined || otherCoreOf(root) !== undefined)) || !keywords.some((keyword) => keyword === "idgan" || keyword === "idgan-plugin")) {
      continue;
    }
    roots.set(name, root);
    const here = root;
    waiting.push(...Object.keys(dependencies).flatMap((dependency) => findPackage(dependency, here) ?? []));
  }
  return [...roots.values()].filter((root) => readManifest(root).keywords?.includes("idgan-plugin"));
}

function nodeModulesAbove(folder: string): readonly string[] {
  const at = resolve(folder);
  const here = existsSync(join(at, "node_modules")) ? [join(at, "node_modules")] : [];
  return dirname(at) === at ? here : [...here, ...nodeModulesAbove(dirname(at))];
}

function packagesIn(modules: string): readonly string[] {
  const names = readdirSync(modules).flatMap((name) => (name.startsWith("@") ? readdirSync(join(modules, name)).map((inner) => join(name, inner)) : [name]));
  return names.map((name) => join(modules, name)).filter((root) => existsSync(join(root, "package.json")));
}
