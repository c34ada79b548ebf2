import { existsSync, statSync } from "node:fs";
import { extname } from "node:path";
import { pathToFileURL } from "node:url";
import { IdganError } from "../contract/error.js";
import type { PluginKind } from "../plugin.js";
import { builtinEngines, unknownEngine } from "./builtin-engines.js";
import { checkPlugin, type PluginOf } from "./check-plugin.js";
import { commonJsRemedy, describeFailure } from "./failing-place.js";
import { installCommand } from "./install-command.js";
import { describeValue } from "./json.js";
import { coreFolder } from "./config-file.js";
import { otherCoreOf, secondCore } from "./core-copy.js";
import { folderOf } from "./folder-of.js";
import type { Layer } from "./layer.js";
import { layerOfFile } from "./layers.js";
import { findModule, findPackage, isFilePath, packageOf, readManifest } from "./package-path.js";
import { pluginFolders } from "./plugin-folders.js";
import { suggest } from "./suggestion.js";

/** Which plugin is wanted, by whom, and where to look for it. */
export interface PluginRequest<Kind extends PluginKind> {
  readonly kind: Kind;
  readonly use: string;
  /** Dotted key of the slot, `vae` or `taps[0]`, and who wrote it: for messages. */
  readonly slot: string;
  readonly writer: string;
  /** File or folder that `use` was written in; what is found there comes first. */
  readonly from: string;
  /** Looked through next, in this order. */
  readonly folders: readonly string[];
}

export interface LoadedPlugin<Kind extends PluginKind> {
  readonly plugin: PluginOf<Kind>;
  /** From where the same `use` finds the same plugin again. */
  readonly from: string;
}

/** Plugin objects that stand in configs beside the data, by name. */
export type LocalPlugins = ReadonlyMap<string, { readonly plugin: unknown; readonly layer: Layer }>;

/** Collects the plugin objects of all layers; two of one name would leave open which is meant. */
export function localPluginsOf(layers: readonly Layer[]): LocalPlugins {
  const found = new Map<string, { readonly plugin: unknown; readonly layer: Layer }>();
  for (const layer of layers) {
    for (const plugin of layer.plugins) {
      const name: unknown = typeof plugin === "object" && plugin !== null && "name" in plugin ? plugin.name : undefined;
      if (typeof name !== "string" || name === "") {
        throw new IdganError("PLUGIN_INVALID", `${layer.name}: a plugin object there has no name; it is ${describeValue(plugin)}. Make it with definePlugin({ kind, name, core, options, ... }).`);
      }
      const other = found.get(name);
      if (other !== undefined && other.plugin !== plugin) {
        throw new IdganError("PLUGIN_INVALID", `${layer.name}: a second plugin object is called "${name}"; the first is in ${other.layer.name}. Rename one of them.`);
      }
      found.set(name, { plugin, layer });
    }
  }
  return found;
}

/** Finds, imports and checks a plugin: an object beside the data, a built-in engine, a file, or a package by its exact name. */
export async function loadPlugin<Kind extends PluginKind>(request: PluginRequest<Kind>, locals: LocalPlugins): Promise<LoadedPlugin<Kind>> {
  const { use, kind, from, slot, writer } = request;
  const local = locals.get(use) ?? (await localOf(from, use));
  if (local) {
    const plugin = checkPlugin(local.plugin, { kind, name: use, source: `${writer}: "${slot}.use": ${use}, in ${local.layer.name},` });
    return { plugin, from: local.layer.file ?? from };
  }
  const builtin: unknown = kind === "engine" ? builtinEngines.get(use) : undefined;
  if (builtin !== undefined) {
    return { plugin: builtin as PluginOf<Kind>, from };
  }
  const { file, place } = findPlugin(request);
  const source = `${writer}: "${slot}.use": ${use} (${file})`;
  const plugin = checkPlugin(await importPlugin(file, source), { kind, name: isFilePath(use) ? undefined : use, source });
  return { plugin, from: place === folderOf(from) ? from : place };
}

/** A saved config names plugin objects by the config module that they stand in. */
async function localOf(from: string, use: string): Promise<{ readonly plugin: unknown; readonly layer: Layer } | undefined> {
  if (isFilePath(use) || extname(from) === ".json" || !existsSync(from) || statSync(from).isDirectory()) {
    return undefined;
  }
  return localPluginsOf([await layerOfFile({ file: from, name: from, installed: false })]).get(use);
}

/**
 * The module, and the folder from which it was found: a flag's folder may know nothing of a plugin that a preset brings. One that would load a second core, as
 * those that a run of another installation names, is passed over for one that shares this.
 */
function findPlugin({ use, kind, slot, writer, from, folders }: PluginRequest<PluginKind>): { readonly file: string; readonly place: string } {
  const places = isFilePath(use) ? [folderOf(from)] : [...new Set([folderOf(from), ...folders])];
  let foreign: { readonly file: string; readonly other: string } | undefined;
  for (const folder of [...places, ...(isFilePath(use) ? [] : [coreFolder])]) {
    const file = findModule(use, folder);
    const other = file === undefined ? undefined : otherCoreOf(file);
    if (file !== undefined && other === undefined) return { file, place: folder };
    if (file !== undefined && other !== undefined) foreign ??= { file, other };
  }
  const brought = isFilePath(use) ? undefined : broughtBy(use, places);
  if (brought !== undefined) return brought;
  if (foreign !== undefined) throw secondCore(`${writer}: "${slot}.use": ${use} (${foreign.file})`, foreign.other);
  const root = isFilePath(use) ? undefined : places.map((folder) => findPackage(packageOf(use), folder)).find((each) => each !== undefined);
  if (root !== undefined) {
    throw new IdganError("PLUGIN_LOAD", `${writer}: "${slot}.use": ${use} is installed in ${root}, but its package.json names no module that exists there. If it was cloned and not installed, build it first.`);
  }
  const remedy = isFilePath(use) ? "Check the path; it starts at the folder of the config that names it." : missingPackage(use, kind, places);
  throw new IdganError("PLUGIN_NOT_FOUND", `${writer}: "${slot}.use": ${use} is not ${isFilePath(use) ? "a file" : "installed"}, looked for from ${places.join(", ")}. ${remedy}`);
}

/** A plugin that a preset or another plugin depends on: pnpm keeps it beside that one, where the config's folder does not see it. */
function broughtBy(use: string, places: readonly string[]): { readonly file: string; readonly place: string } | undefined {
  for (const root of places.flatMap(pluginFolders)) {
    const file = readManifest(root).name === packageOf(use) ? findModule(use, root) : undefined;
    if (file !== undefined && otherCoreOf(file) === undefined) return { file, place: root };
  }
  return undefined;
}

/** Nobody is sent to install a stranger's package for a slip of the hand. */
function missingPackage(use: string, kind: PluginKind, places: readonly string[]): string {
  const installed = places.flatMap(pluginFolders).flatMap((root) => readManifest(root).name ?? []);
  const names = [...new Set([...(kind === "engine" ? builtinEngines.keys() : []), ...installed])];
  const near = suggest(use, names) ?? names.find((name) => shortName(name) === suggest(shortName(use), names.map(shortName)));
  if (near !== undefined) {
    return `Did you mean ${near}?`;
  }
  const none = kind === "engine" ? unknownEngine(use) : undefined;
  if (none !== undefined) return none;
  const command = installCommand(packageOf(use), places[0]);
  return /^@idgan\/|idgan-(plugin|engine)/.test(use) ? `Run: ${command}` : `If that is the package you mean, run: ${command}`;
}

/** `betavae` of `@idgan/plugin-betavae`. */
function shortName(name: string): string {
  return name.replace(/^.*\//, "").replace(/^(idgan-)?(plugin|engine)-/, "");
}

async function importPlugin(file: string, source: string): Promise<unknown> {
  try {
    const module = (await import(pathToFileURL(file).href)) as { readonly default?: unknown };
    return module.default;
  } catch (error) {
    const remedy = commonJsRemedy(error, file);
    throw new IdganError("PLUGIN_LOAD", `${source} is installed, but failed while loading: ${describeFailure(error, file)}${remedy === undefined ? "" : `. ${remedy}`}`, error);
  }
}
