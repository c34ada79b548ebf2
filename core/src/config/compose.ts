import convict from "convict";
import { IdganError } from "../contract/error.js";
import type { Option } from "../contract/option.js";
import { accepts, isAnchored } from "./formats.js";
import { describeValue, isJsonObject, toJson, type JsonObject, type JsonValue } from "./json.js";
import { writerOf, type Layer } from "./layer.js";
import { isOption, type Schema } from "./schema.js";
import { refuseUnknownKeys } from "./unknown-keys.js";

/** A value that its format refuses. */
interface Refusal {
  readonly key: string;
  readonly option: Option<unknown>;
  readonly value: unknown;
}

/**
 * Lays the layers over one another and over the schema's defaults, and checks every value. `prefix` begins the keys in messages.
 * Convict merges and validates; it is given JSON alone, no environment and no arguments, and its messages are replaced by ours.
 */
export function compose(schema: Schema, layers: readonly Layer[], prefix = ""): JsonObject {
  refuseUnknownKeys(schema, layers, prefix);
  const defaults: Layer = { name: "defaults", folder: "/", file: null, plugins: [], data: defaultsOf(schema) };
  const all = [defaults, ...layers.map((layer) => ({ ...layer, data: prepare(layer.data, schema, layer, prefix) }))];
  const refusals: Refusal[] = [];
  const config = convict(convictSchema(schema, prefix, refusals) as convict.Schema<Record<string, unknown>>, { env: {}, args: [] });
  for (const layer of all) {
    config.load(boxed(layer.data, schema));
  }
  try {
    config.validate({ allowed: "strict" });
  } catch (error) {
    throw refusals.length === 0 ? new IdganError("INTERNAL", `The config's schema and its checks disagree: ${String(error)}.`, error) : explain(refusals, all, prefix);
  }
  return unboxed(config.getProperties() as JsonObject, schema);
}

/**
 * The schema as convict reads it. Every default is `null` here, and the real ones are the lowest layer: convict turns text into the type
 * of the default ("7x" into 7, any word into true) before a format sees it. Formats are functions, because named ones are global.
 */
function convictSchema(schema: Schema, prefix: string, refusals: Refusal[]): Record<string, unknown> {
  const entries = Object.entries(schema).map(([name, node]): [string, unknown] => {
    const key = `${prefix}${name}`;
    return [name, isOption(node) ? convictLeaf(key, node, refusals) : convictSchema(node, `${key}.`, refusals)];
  });
  return Object.fromEntries(entries);
}

function convictLeaf(key: string, option: Option<unknown>, refusals: Refusal[]): Record<string, unknown> {
  const format = (box: unknown): void => {
    const value: unknown = Array.isArray(box) ? box[0] : null;
    if (!Array.isArray(box) || !accepts(option.format, value)) {
      refusals.push({ key, option, value });
      throw new Error(`must be ${option.format.expected}`);
    }
  };
  return { doc: option.doc, default: null, format };
}

function defaultsOf(schema: Schema): JsonObject {
  const entries = Object.entries(schema).flatMap(([name, node]): [string, JsonValue][] => {
    if (!isOption(node)) {
      return [[name, defaultsOf(node)]];
    }
    return node.default === undefined ? [] : [[name, toJson(node.default, name, "defaults")]];
  });
  return Object.fromEntries(entries);
}

/**
 * Every value goes through convict as the one item of a list, which convict takes as it is:
 * an object it would merge into the one below, and take its keys for keys of the config.
 */
function boxed(data: JsonObject, schema: Schema): JsonObject {
  return eachValue(data, schema, (value) => [value]);
}

function unboxed(data: JsonObject, schema: Schema): JsonObject {
  return eachValue(data, schema, (box) => (Array.isArray(box) ? (box as readonly JsonValue[])[0] : undefined) ?? null);
}

function eachValue(data: JsonObject, schema: Schema, change: (value: JsonValue) => JsonValue): JsonObject {
  const entries = Object.entries(data).map(([name, value]): [string, JsonValue] => {
    const node = schema[name];
    return [name, node !== undefined && !isOption(node) && isJsonObject(value) ? eachValue(value, node, change) : change(value)];
  });
  return Object.fromEntries(entries);
}

/** Makes paths absolute, and takes text as it stands where reading it as JSON gave something that the format refuses. */
function prepare(data: JsonObject, schema: Schema, layer: Layer, prefix: string): JsonObject {
  const entries = Object.entries(data).map(([name, value]): [string, JsonValue] => {
    const node = schema[name];
    const key = `${prefix}${name}`;
    if (node === undefined || !isOption(node)) {
      return [name, node !== undefined && isJsonObject(value) ? prepare(value, node, layer, `${key}.`) : value];
    }
    const raw = layer.written?.get(key)?.raw;
    const meant = raw !== undefined && !accepts(node.format, value) && accepts(node.format, raw) ? raw : value;
    const inside = [...(layer.written?.keys() ?? [])].find((wrote) => wrote.startsWith(`${key}.`));
    if (inside !== undefined && accepts(node.format, meant)) {
      throw new IdganError("CONFIG_VALUE", `${writerOf(layer, inside)}: "${key}" is one value, and cannot be set in part. Write it whole, as in --set '${key}=${JSON.stringify(meant)}'.`);
    }
    return [name, isAnchored(node.format) && accepts(node.format, meant) ? (node.format.anchor(meant, layer.folder) as JsonValue) : meant];
  });
  return Object.fromEntries(entries);
}

/** One error for all refusals: wrong values first; then, when there are none, what nobody gave. */
function explain(refusals: readonly Refusal[], layers: readonly Layer[], prefix: string): IdganError {
  const writer = ({ key }: Refusal) => layers.findLast((layer) => hasKey(layer.data, key.slice(prefix.length)));
  const wrong = refusals.filter((refusal) => writer(refusal) !== undefined);
  if (wrong.length > 0) {
    const lines = wrong.map((refusal) => `${writerOf(writer(refusal) as Layer, refusal.key)}: "${refusal.key}" must be ${refusal.option.format.expected}; it is ${describeValue(refusal.value)}.`);
    return new IdganError("CONFIG_VALUE", lines.join("\n"));
  }
  const lines = refusals.map(({ key, option }) => `"${key}" was not given. ${option.doc} Set it in the config, or with --set ${key}=...; it must be ${option.format.expected}.`);
  return new IdganError("CONFIG_MISSING", lines.join("\n"));
}

function hasKey(data: JsonObject, key: string): boolean {
  let at: JsonValue | undefined = data;
  for (const level of key.split(".")) {
    if (!isJsonObject(at) || !Object.hasOwn(at, level)) {
      return false;
    }
    at = at[level];
  }
  return true;
}

