import { IdganError } from "../contract/error.js";
import { isJsonObject, describeValue, type JsonObject } from "./json.js";
import { writerOf, type Layer } from "./layer.js";
import { isOption, leavesOf, type Schema } from "./schema.js";
import { suggest } from "./suggestion.js";

/** Keys of a config's file that are no part of its data. */
const beside = ["presets", "plugins"];

/** Refuses keys that the schema does not declare, and single values where it nests; every slip of every layer in one error. */
export function refuseUnknownKeys(schema: Schema, layers: readonly Layer[], prefix = ""): void {
  const slips = layers.flatMap((layer) => [...slipsIn(layer.data, schema, layer, prefix, schema, prefix)]);
  if (slips.length > 0) {
    throw new IdganError("CONFIG_UNKNOWN_KEY", slips.join("\n"));
  }
}

function* slipsIn(data: JsonObject, at: Schema, layer: Layer, path: string, root: Schema, prefix: string): Generator<string> {
  for (const [name, value] of Object.entries(data)) {
    const key = `${path}${name}`;
    const node = Object.hasOwn(at, name) ? at[name] : undefined;
    if (node === undefined && path === "" && beside.includes(name)) {
      yield `${writerOf(layer, key)}: "${key}" stands in a config file, beside its data, and nowhere else. ${name === "presets" ? "Write it there, or name one preset as the command's argument." : "Write it there."}`;
    } else if (node === undefined) {
      yield `${writerOf(layer, key)}: nothing declares the key "${key}". ${hint(name, key, at, path, root, prefix)}`;
    } else if (!isOption(node) && isJsonObject(value)) {
      yield* slipsIn(value, node, layer, `${key}.`, root, prefix);
    } else if (!isOption(node)) {
      yield `${writerOf(layer, key)}: "${key}" holds keys of its own (${namesOf(node)}), and not a value such as ${describeValue(value)}.`;
    }
  }
}

/** The nearest name on this level; else a key elsewhere that ends in this very name; else what there is. */
function hint(name: string, key: string, at: Schema, path: string, root: Schema, prefix: string): string {
  const names = [...Object.keys(at), ...(path === "" ? beside : [])];
  const near = suggest(name, names);
  if (near !== undefined) {
    return `Did you mean "${path}${near}"?`;
  }
  const elsewhere = leavesOf(root, prefix).map(([each]) => each).filter((each) => each.endsWith(`.${name}`) && each !== key);
  if (elsewhere.length > 0 && elsewhere.length < 4) {
    return `Did you mean ${elsewhere.map((each) => `"${each}"`).join(" or ")}?`;
  }
  return path === "" ? `A config has: ${names.join(", ")}.` : `"${path.slice(0, -1)}" has: ${namesOf(at)}.`;
}

function namesOf(node: Schema): string {
  const names = Object.keys(node);
  return names.length === 0 ? "no keys" : names.join(", ");
}
