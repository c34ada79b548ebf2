import { pathToFileURL } from "node:url";
import { messageOf } from "../contract/error.js";
import type { Plugin } from "../plugin.js";
import { builtinEngines } from "./builtin-engines.js";
import { checkPlugin } from "./check-plugin.js";
import { coreFolder } from "./config-file.js";
import { otherCoreOf, secondCore } from "./core-copy.js";
import { coreVersion } from "./core-version.js";
import { findModule, readManifest } from "./package-path.js";
import { pluginFolders } from "./plugin-folders.js";

/** A plugin package that was found, and the plugin or what is wrong with it. */
export interface InstalledPlugin {
  readonly name: string;
  readonly version: string;
  readonly folder: string;
  readonly plugin?: Plugin;
  readonly problem?: string;
}

const kinds: ReadonlySet<unknown> = new Set(["vae", "gan", "data", "engine", "tap", "metrics"]);

/** Packages with the keyword `idgan-plugin` that a config in one of these folders could name, those beside core and those that presets bring included; and the engines of core. */
export async function installedPlugins(...folders: readonly string[]): Promise<readonly InstalledPlugin[]> {
  const builtin = [...builtinEngines.values()].map((plugin): InstalledPlugin => ({ name: plugin.name, version: coreVersion, folder: coreFolder, plugin }));
  // Of two copies of a package, that of the first folder counts, and before it one that shares this core.
  const all = folders.toReversed().flatMap(pluginFolders);
  const foreign = new Set(all.filter((root) => otherCoreOf(root) !== undefined));
  const roots = new Map([...foreign, ...all.filter((root) => !foreign.has(root))].map((root) => [readManifest(root).name ?? root, root]));
  const found = await Promise.all([...roots.values()].map(inspect));
  return [...builtin, ...found.toSorted((a, b) => a.name.localeCompare(b.name))];
}

async function inspect(root: string): Promise<InstalledPlugin> {
  const { name = root, version = "unknown" } = readManifest(root);
  const found = { name, version, folder: root };
  const file = findModule(name, root);
  if (file === undefined) {
    return { ...found, problem: "its package.json names no module that exists" };
  }
  const other = otherCoreOf(file);
  if (other !== undefined) return { ...found, problem: secondCore(name, other).message };
  try {
    const module = (await import(pathToFileURL(file).href)) as { readonly default?: { readonly kind?: unknown } };
    const kind = kinds.has(module.default?.kind) ? (module.default?.kind as Plugin["kind"]) : "vae";
    return { ...found, plugin: checkPlugin(module.default, { kind, name, source: name }) };
  } catch (error) {
    return { ...found, problem: messageOf(error) };
  }
}
