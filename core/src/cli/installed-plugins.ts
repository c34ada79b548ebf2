import { pathToFileURL } from "node:url";
import { builtinEngines } from "../config/builtin-engines.js";
import { checkPlugin } from "../config/check-plugin.js";
import { coreFolder } from "../config/config-file.js";
import { coreVersion } from "../config/core-version.js";
import { findModule, readManifest } from "../config/package-path.js";
import { pluginFolders } from "../config/plugin-folders.js";
import { messageOf } from "../contract/error.js";
import type { Plugin } from "../plugin.js";

/** A plugin package that was found, and the plugin or what is wrong with it. */
export interface InstalledPlugin {
  readonly name: string;
  readonly version: string;
  readonly folder: string;
  readonly plugin?: Plugin;
  readonly problem?: string;
}

const kinds: ReadonlySet<unknown> = new Set(["vae", "gan", "data", "engine", "tap", "metrics"]);

/** Packages with the keyword `idgan-plugin` that a config in `folder` could name, those beside core and those that presets bring included; and the engines of core. */
export async function installedPlugins(folder: string): Promise<readonly InstalledPlugin[]> {
  const builtin = [...builtinEngines.values()].map((plugin): InstalledPlugin => ({ name: plugin.name, version: coreVersion, folder: coreFolder, plugin }));
  const found = await Promise.all(pluginFolders(folder).map(inspect));
  return [...builtin, ...found.toSorted((a, b) => a.name.localeCompare(b.name))];
}

async function inspect(root: string): Promise<InstalledPlugin> {
  const { name = root, version = "unknown" } = readManifest(root);
  const found = { name, version, folder: root };
  const file = findModule(name, root);
  if (file === undefined) {
    return { ...found, problem: "its package.json names no module that exists" };
  }
  try {
    const module = (await import(pathToFileURL(file).href)) as { readonly default?: { readonly kind?: unknown } };
    const kind = kinds.has(module.default?.kind) ? (module.default?.kind as Plugin["kind"]) : "vae";
    return { ...found, plugin: checkPlugin(module.default, { kind, name, source: name }) };
  } catch (error) {
    return { ...found, problem: messageOf(error) };
  }
}
