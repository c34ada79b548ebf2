import type { JsonObject } from "./json.js";

/** How one value was written where a config is given as text: an environment variable or a flag. */
export interface Written {
  /** For messages: `IDGAN_SEED` or `--set seed`. */
  readonly label: string;
  /** The value before it was read as JSON. */
  readonly raw: string;
}

/** One source of config values. Later layers win: objects merge, lists and single values replace. */
export interface Layer {
  /** For messages: `preset quickstart`, `idgan.config.js`, `environment`. */
  readonly name: string;
  /** Relative paths that the layer writes start here. */
  readonly folder: string;
  /** The file that it was read from. */
  readonly file: string | null;
  /** It is a module of a package. */
  readonly installed?: boolean;
  readonly data: JsonObject;
  /** Plugin objects that stand beside the data. */
  readonly plugins: readonly unknown[];
  /** By dotted key, for layers of text. */
  readonly written?: ReadonlyMap<string, Written>;
}

/** Who wrote `key` in this layer, as a message begins: a flag or variable by its own name, or the layer. */
export function writerOf(layer: Layer, key: string): string {
  for (let at = key; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf(".")))) {
    const written = layer.written?.get(at);
    if (written) {
      return written.label;
    }
  }
  const [, inside] = [...(layer.written ?? [])].find(([wrote]) => wrote.startsWith(`${key}.`)) ?? [];
  return inside?.label ?? layer.name;
}
