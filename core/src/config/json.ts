import { IdganError } from "../contract/error.js";

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object made by `{}` or `Object.create(null)`, and no instance of a class. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (!isJsonObject(value)) {
    return false;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || String(value) === "[object Module]";
}

/**
 * A copy of `value` that is JSON: `undefined` is left out, and whatever a saved config could not hold is refused by its key,
 * because convict would turn it into `{}` without a word.
 */
export function toJson(value: unknown, key: string, where: string): JsonValue {
  if (value === null || typeof value === "string" || typeof value === "boolean") {
    return value;
  }
  if (typeof value === "number") {
    if (Number.isFinite(value)) {
      return value;
    }
    throw new IdganError("CONFIG_VALUE", `${where}: "${key}" is ${value}, which is not a number that a config can hold. Write a finite number.`);
  }
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => toJson(item, `${key}[${index}]`, where));
  }
  if (isPlainObject(value)) {
    return toJsonObject(value, key, where);
  }
  throw new IdganError("CONFIG_VALUE", `${where}: "${key}" is ${describeValue(value)}, and a config holds only JSON. Plugins and taps are code: name them in "use", and pass the objects beside the data, in "plugins".`);
}

export function toJsonObject(value: Readonly<Record<string, unknown>>, key: string, where: string): JsonObject {
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([name, item]) => [name, toJson(item, key === "" ? name : `${key}.${name}`, where)]));
}

/** A value as messages show it, cut to a line. */
export function describeValue(value: unknown): string {
  if (value === undefined) {
    return "nothing";
  }
  if (typeof value === "function") {
    return "a function";
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value) && !isPlainObject(value)) {
    return `an instance of ${value.constructor.name}`;
  }
  const shown = typeof value === "bigint" || typeof value === "symbol" || Number.isNaN(value) ? String(value) : JSON.stringify(value);
  return shown.length > 60 ? `${shown.slice(0, 57)}...` : shown;
}
