import { IdganError } from "../contract/error.js";
import { isJsonObject, type JsonObject, type JsonValue } from "./json.js";
import type { Layer, Written } from "./layer.js";

/** `IDGAN_` and the key in capitals: `__` between levels, `_` between words. `IDGAN_VAE__LATENT_DIM` is `vae.latentDim`. */
const environmentPrefix = "IDGAN_";

/** A value for a key, as text. */
export interface Assignment extends Written {
  readonly key: string;
}

/** Folders outside of any run: prepared data and statistics, and weights of networks that metrics use. They are no keys of a config. */
const folders: ReadonlySet<string> = new Set(["IDGAN_CACHE", "IDGAN_WEIGHTS"]);

/** The layer of environment variables that begin with `IDGAN_`; a variable that is empty counts as unset. */
export function environmentLayer(environment: Readonly<Record<string, string | undefined>>, folder: string): Layer {
  const assignments = Object.entries(environment).flatMap(([name, raw]): Assignment[] =>
    name.startsWith(environmentPrefix) && !folders.has(name) && raw ? [{ key: keyOfVariable(name), label: name, raw }] : [],
  );
  return textLayer("environment", assignments, folder);
}

/** The layer of the command line; a value is JSON, or else a bare string. */
export function flagLayer(assignments: readonly Assignment[], folder: string): Layer {
  return textLayer("flags", assignments, folder);
}

/** `key.path=value`, as `--set` takes it. */
export function parseSetting(setting: string): Assignment {
  const at = setting.indexOf("=");
  if (at < 1) {
    throw new IdganError("USAGE", `--set ${setting}: a setting is key=value, such as --set represent.steps=1000.`);
  }
  const key = setting.slice(0, at).trim();
  return { key, label: `--set ${key}`, raw: setting.slice(at + 1) };
}

function keyOfVariable(name: string): string {
  const level = (words: string) => words.toLowerCase().replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return name.slice(environmentPrefix.length).split("__").map(level).join(".");
}

function textLayer(name: string, assignments: readonly Assignment[], folder: string): Layer {
  let data: JsonObject = {};
  const written = new Map<string, Written>();
  for (const { key, label, raw } of assignments) {
    const levels = key.split(".");
    if (levels.includes("")) {
      throw new IdganError("CONFIG_UNKNOWN_KEY", `${label}: "${key}" is not a key. Levels are joined by single dots, as in represent.steps.`);
    }
    data = assign(data, levels, parseText(raw));
    written.set(key, { label, raw });
  }
  return { name, folder, file: null, data, plugins: [], written };
}

function assign(into: JsonObject, [level = "", ...deeper]: readonly string[], value: JsonValue): JsonObject {
  const present = Object.hasOwn(into, level) ? into[level] : undefined;
  const next = deeper.length === 0 ? value : assign(isJsonObject(present) ? present : {}, deeper, value);
  return Object.fromEntries([...Object.entries(into), [level, next]]);
}

function parseText(raw: string): JsonValue {
  try {
    return JSON.parse(raw) as JsonValue;
  } catch {
    return raw;
  }
}
