import { resolve } from "node:path";
import type { Format } from "../contract/option.js";

/** A format whose values are places on disk: `anchor` makes a relative one absolute, from the folder of the layer that wrote it. */
export interface AnchoredFormat<T> extends Format<T> {
  anchor(value: T, folder: string): T;
}

/** A format of your own: `test` decides, `expected` completes the sentence "must be …". */
export function format<T>(expected: string, test: (value: unknown) => boolean): Format<T> {
  const check = (value: unknown): void => {
    if (!test(value)) {
      throw new Error(`must be ${expected}`);
    }
  };
  return Object.assign(check, { expected });
}

/** Whether `check` takes `value`. */
export function accepts<T>(check: Format<T>, value: unknown): value is T {
  try {
    (check as (value: unknown) => void)(value);
    return true;
  } catch {
    return false;
  }
}

export const number: Format<number> = format("a number", isFiniteNumber);
export const positive: Format<number> = format("a number above 0", (value) => isFiniteNumber(value) && value > 0);
export const nonNegative: Format<number> = format("a number of at least 0", (value) => isFiniteNumber(value) && value >= 0);
/** From 0 to 1, both included. */
export const fraction: Format<number> = format("a number from 0 to 1", (value) => isFiniteNumber(value) && value >= 0 && value <= 1);
export const integer: Format<number> = format("an integer", (value) => Number.isSafeInteger(value));
export const positiveInteger: Format<number> = integerFrom(1);
export const boolean: Format<boolean> = format("true or false", (value) => typeof value === "boolean");
export const text: Format<string> = format("text that is not empty", isText);

/** A place on disk; relative to the folder of the config that wrote it, or to the working directory where it came from a flag. */
export const path: AnchoredFormat<string> = anchored(format("a path", isText), (value, folder) => resolve(folder, value));

export function integerFrom(least: number): Format<number> {
  return format(`an integer of at least ${least}`, (value) => Number.isSafeInteger(value) && (value as number) >= least);
}

export function integerBetween(least: number, most: number): Format<number> {
  return format(`an integer from ${least} to ${most}`, (value) => Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most);
}

/** One of these values, typed as their union. */
export function oneOf<const Literals extends readonly (string | number | boolean)[]>(...literals: Literals): Format<Literals[number]> {
  const names = literals.map((literal) => JSON.stringify(literal));
  const expected = names.length === 1 ? names.join("") : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
  return format(expected, (value) => literals.includes(value as Literals[number]));
}

/** A list, each of its items in `item`'s format. */
export function listOf<T>(item: Format<T>): Format<readonly T[]> {
  const list = format<readonly T[]>(`a list, each item ${item.expected}`, (value) => Array.isArray(value) && value.every((each) => accepts(item, each)));
  return isAnchored(item) ? anchored(list, (values, folder) => values.map((value) => item.anchor(value, folder))) : list;
}

/** `null`, or what `inner` takes. */
export function nullable<T>(inner: Format<T>): Format<T | null> {
  const either = format<T | null>(`${inner.expected}, or null`, (value) => value === null || accepts(inner, value));
  return isAnchored(inner) ? anchored(either, (value, folder) => (value === null ? null : inner.anchor(value, folder))) : either;
}

export function isAnchored<T>(check: Format<T>): check is AnchoredFormat<T> {
  return "anchor" in check;
}

function anchored<T>(check: Format<T>, anchor: (value: T, folder: string) => T): AnchoredFormat<T> {
  return Object.assign(check, { anchor });
}

function isFiniteNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}
