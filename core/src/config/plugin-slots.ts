import { resolve } from "node:path";
import { IdganError } from "../contract/error.js";
import { describeValue, isJsonObject, type JsonObject } from "./json.js";
import { writerOf, type Layer } from "./layer.js";
import { folderOf } from "./folder-of.js";
import { isFilePath } from "./package-path.js";
import type { Slot } from "./run-config.js";

/** The plugin that a slot ends up with. */
export interface SlotChoice {
  readonly use: string;
  readonly from: string;
  readonly layer: Layer;
  /** Index of the first layer whose options are for this plugin; those below fell with a plugin that was replaced. */
  readonly since: number;
}

/**
 * Reads the layers upwards: the last that names a plugin wins, and what was written for a plugin falls when another takes its place.
 * So after A, B, A only the second A's options count. Options that come before any plugin was named wait for the first one.
 */
export function choosePlugin(slot: Slot, layers: readonly Layer[]): SlotChoice | undefined {
  let choice: SlotChoice | undefined;
  for (const [index, layer] of layers.entries()) {
    const written = slotOf(layer, slot);
    const use = written["use"];
    if (use === undefined) {
      continue;
    }
    const key = `${slot}.use`;
    if (typeof use !== "string" || use === "") {
      throw new IdganError("CONFIG_VALUE", `${writerOf(layer, key)}: "${key}" must be the name of a package, or the path of a file; it is ${describeValue(use)}.`);
    }
    const from = fromOf(written, layer);
    const replaced = choice !== undefined && identity(choice.use, choice.from) !== identity(use, from);
    choice = { use, from, layer, since: replaced ? index : (choice?.since ?? 0) };
  }
  return choice;
}

/** The layers without the options of plugins that were replaced. */
export function dropReplaced(layers: readonly Layer[], choices: Readonly<Record<Slot, SlotChoice>>): readonly Layer[] {
  return layers.map((layer, index) => {
    const entries = Object.entries(layer.data).map(([name, value]) => {
      const choice = Object.hasOwn(choices, name) ? choices[name as Slot] : undefined;
      return [name, choice !== undefined && index < choice.since && isJsonObject(value) ? without(value, ["options"]) : value] as const;
    });
    return { ...layer, data: Object.fromEntries(entries) };
  });
}

/** `from` as a saved config says it, else the file that wrote `use`, else the folder where it was said. */
export function fromOf(written: JsonObject, layer: Layer): string {
  return typeof written["from"] === "string" ? resolve(layer.folder, written["from"]) : (layer.file ?? layer.folder);
}

export function without(data: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(data).filter(([key]) => !keys.includes(key)));
}

function slotOf(layer: Layer, slot: Slot): JsonObject {
  const value = layer.data[slot];
  return isJsonObject(value) ? value : {};
}

/** The same path in two folders is two plugins; a package is one wherever it is named. */
function identity(use: string, from: string): string {
  return isFilePath(use) ? resolve(folderOf(from), use) : use;
}
