import { IdganError } from "../contract/error.js";
import type { TapPlugin } from "../plugin.js";
import { compose } from "./compose.js";
import { describeValue, isJsonObject, type JsonObject, type JsonValue } from "./json.js";
import { writerOf, type Layer } from "./layer.js";
import { loadPlugin, type LocalPlugins } from "./load-plugin.js";
import { fromOf } from "./plugin-slots.js";
import type { SlotConfig } from "./run-config.js";
import type { Schema } from "./schema.js";

export interface ResolvedTap {
  readonly config: SlotConfig;
  readonly plugin: TapPlugin;
}

/** The taps of a run, in their order: lists replace one another, so the last layer that has one says them all. */
export async function resolveTaps(layers: readonly Layer[], locals: LocalPlugins, folders: readonly string[]): Promise<readonly ResolvedTap[]> {
  const layer = layers.findLast(({ data }) => data["taps"] !== undefined);
  const entries: JsonValue = layer?.data["taps"] ?? [];
  if (layer === undefined || !Array.isArray(entries)) {
    return [];
  }
  const taps: ResolvedTap[] = [];
  for (const [index, entry] of (entries as readonly JsonValue[]).entries()) {
    const tap = await resolveTap(entry, `taps[${index}]`, layer, locals, folders);
    const twin = taps.findIndex(({ plugin }) => plugin.name === tap.plugin.name);
    if (twin >= 0) {
      throw new IdganError("PLUGIN_INVALID", `${writerOf(layer, "taps")}: "taps[${index}]" is ${tap.plugin.name}, which "taps[${twin}]" already is. Take one of them out.`);
    }
    taps.push(tap);
  }
  return taps;
}

async function resolveTap(entry: JsonValue, slot: string, layer: Layer, locals: LocalPlugins, folders: readonly string[]): Promise<ResolvedTap> {
  const writer = writerOf(layer, "taps");
  const use = isJsonObject(entry) ? entry["use"] : undefined;
  if (!isJsonObject(entry) || typeof use !== "string" || use === "") {
    throw new IdganError("CONFIG_VALUE", `${writer}: "${slot}" must be { use, options } with "use" the name of a package, the path of a file, or a plugin; it is ${describeValue(entry)}.`);
  }
  const { plugin, from } = await loadPlugin({ kind: "tap", use, slot, writer, from: fromOf(entry, layer), folders }, locals);
  const known: Schema = { use: anything, from: anything, options: plugin.options as Schema };
  const { options } = compose(known, [{ ...layer, data: entry }], `${slot}.`);
  return { plugin, config: { use, from, options: options as JsonObject } };
}

const anything = { doc: "Checked above.", format: Object.assign(() => {}, { expected: "anything" }), default: null };
