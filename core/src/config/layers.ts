import { basename, dirname, extname } from "node:path";
import { IdganError } from "../contract/error.js";
import { findConfig, readConfigFile, type FoundConfig } from "./config-file.js";
import { describeValue, isPlainObject, toJsonObject } from "./json.js";
import type { Layer } from "./layer.js";
import { slots } from "./run-config.js";

/** The layers of one config: those of its presets, in order and each with presets of its own, and then itself. */
export async function layersOfFile(named: string, folder: string): Promise<readonly Layer[]> {
  const found = findConfig(named, [folder], "command line");
  return await expandFile(found, folder, []);
}

/** The same for a config that is an object in a program, with no file. */
export async function layersOfObject(content: Readonly<Record<string, unknown>>, folder: string): Promise<readonly Layer[]> {
  return await expand(content, { name: "config object", folder, file: null }, folder, []);
}

/** A name for a run that gives none: the file's, or its folder's where the file is called idgan.config. */
export function nameOfFile(file: string): string {
  const base = basename(file, extname(file));
  return base === "idgan.config" ? basename(dirname(file)) : base;
}

/** One file as a layer, without its presets. */
export async function layerOfFile(found: FoundConfig): Promise<Layer> {
  return separate(await readConfigFile(found), placeOf(found));
}

type Place = Pick<Layer, "name" | "folder" | "file" | "installed">;

function placeOf({ name, file, installed }: FoundConfig): Place {
  return { name, folder: dirname(file), file, installed };
}

async function expandFile(found: FoundConfig, cwd: string, above: readonly FoundConfig[]): Promise<readonly Layer[]> {
  const { file, name } = found;
  if (above.some((each) => each.file === file)) {
    const chain = [...above, found].map((each) => each.name).join(" -> ");
    throw new IdganError("CONFIG_FILE", `${name} leads back to itself: ${chain}. Take one of them out of "presets".`);
  }
  return await expand(await readConfigFile(found), placeOf(found), cwd, [...above, found]);
}

async function expand(content: Readonly<Record<string, unknown>>, place: Place, cwd: string, above: readonly FoundConfig[]): Promise<readonly Layer[]> {
  const layers: Layer[] = [];
  for (const preset of presetsOf(content, place.name)) {
    const found = findConfig(preset, [...new Set([place.folder, cwd])], place.name);
    layers.push(...(await expandFile(found, cwd, above)));
  }
  return [...layers, separate(content, place)];
}

function presetsOf({ presets = [] }: Readonly<Record<string, unknown>>, where: string): readonly string[] {
  if (Array.isArray(presets) && presets.every((preset) => typeof preset === "string" && preset !== "")) {
    return presets as readonly string[];
  }
  throw new IdganError("CONFIG_VALUE", `${where}: "presets" must be a list of names or paths; it is ${describeValue(presets)}.`);
}

/** Parts code from data: plugin objects leave their names in the data and stand beside it. */
function separate(content: Readonly<Record<string, unknown>>, place: Place): Layer {
  const { presets: _, plugins: declared = [], ...rest } = content;
  if (!Array.isArray(declared)) {
    throw new IdganError("CONFIG_VALUE", `${place.name}: "plugins" must be a list of plugin objects; it is ${describeValue(declared)}.`);
  }
  const plugins: unknown[] = [...(declared as readonly unknown[])];
  const named = (entry: unknown): unknown => {
    if (!isPlainObject(entry) || typeof entry["use"] !== "object" || entry["use"] === null) {
      return entry;
    }
    const plugin = entry["use"] as { readonly name?: unknown };
    plugins.push(plugin);
    return { ...entry, use: plugin.name };
  };
  const data: Record<string, unknown> = { ...rest };
  for (const slot of slots.filter((each) => each in rest)) {
    data[slot] = named(rest[slot]);
  }
  if (Array.isArray(rest["taps"])) {
    data["taps"] = rest["taps"].map(named);
  }
  return { ...place, data: toJsonObject(data, "", place.name), plugins };
}
