import { describeValue, isPlainObject } from "../../config/json.js";
import type { ErrorCode } from "../../contract/error-codes.js";
import { IdganError } from "../../contract/error.js";

/** Who gave an object, and how: `./dense-vae.js`, in the place of the `vae`, by its `build`. */
export interface Giver {
  readonly use: string;
  readonly slot: "data" | "vae" | "gan";
  readonly gives: "build" | "open";
  /** What it should have given, for messages: `{ encoder, decoder, … }`. */
  readonly wanted: string;
  readonly code: ErrorCode;
}

/** What a part must be. */
export interface PartKind {
  readonly expected: string;
  holds(value: unknown): boolean;
}

/** Parts by their paths: `encoder.weights`. */
export type PartList = Readonly<Record<string, PartKind>>;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null && !Array.isArray(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

export const method: PartKind = { expected: "a function", holds: (value) => typeof value === "function" };
export const count: PartKind = { expected: "a whole number", holds: isCount };
export const positiveCount: PartKind = { expected: "a whole number, at least one", holds: (value) => isCount(value) && value > 0 };
export const sentence: PartKind = { expected: "a text that is not empty", holds: (value) => typeof value === "string" && value.trim() !== "" };
export const list: PartKind = { expected: "an array", holds: (value) => Array.isArray(value) };

export const imageSpace: PartKind = {
  expected: "{ height, width, channels, range: [low, high] }, as the context has it or unitSpace() makes it",
  holds: (value) =>
    isObject(value) && ["height", "width", "channels"].every((side) => positiveCount.holds(value[side])) && Array.isArray(value["range"]) && value["range"].length === 2 && value["range"].every((end) => typeof end === "number"),
};

/** By what they can do and not by their class: a plugin may have a copy of tfjs of its own, which fails elsewhere and says so. */
export const weights: PartKind = {
  expected: "tf.Variables by name, or {} where there are none",
  holds: (value) => isPlainObject(value) && Object.values(value).every((each) => isObject(each) && typeof each["assign"] === "function" && Array.isArray(each["shape"])),
};

/** The object that was given, or an error that says what it is instead. */
export function expectObject(given: unknown, giver: Giver): Readonly<Record<string, unknown>> {
  if (given instanceof Promise) {
    // Nobody waits for it, and its rejection would end the process.
    given.catch(() => undefined);
    throw invalid(giver, `its ${giver.gives} returned a promise, and core does not wait for one. Make it synchronous, and let it return ${giver.wanted}.`);
  }
  if (isObject(given)) return given;
  throw invalid(giver, `its ${giver.gives} returned ${shown(given)}. It must return ${giver.wanted}.`);
}

/** Refuses the first part that is not what it must be; those of `optional` may be missing. */
export function expectParts(given: Readonly<Record<string, unknown>>, giver: Giver, parts: PartList, optional: PartList = {}): void {
  for (const [path, kind] of Object.entries(parts)) expectPart(given, giver, path, kind);
  for (const [path, kind] of Object.entries(optional)) {
    if (given[path.split(".")[0] ?? path] !== undefined) expectPart(given, giver, path, kind);
  }
}

function expectPart(given: Readonly<Record<string, unknown>>, giver: Giver, path: string, { expected, holds }: PartKind): void {
  let value: unknown = given;
  const walked: string[] = [];
  for (const key of path.split(".")) {
    if (!isObject(value)) throw invalid(giver, `its ${giver.gives} returned ${shown(value)} as ${walked.join(".")}. It must return ${giver.wanted}.`);
    value = value[key];
    walked.push(key);
  }
  if (!holds(value)) throw invalid(giver, `its ${giver.gives} returned ${shown(value)} as ${path}. It must be ${expected}.`);
}

function invalid({ use, slot, code }: Giver, what: string): IdganError {
  return new IdganError(code, `${use} (${slot}): ${what}`);
}

/** A value as messages show it; of an object, its keys. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  if (!isPlainObject(value)) return describeValue(value);
  const keys = Object.keys(value);
  return keys.length === 0 ? "{}" : `{ ${keys.slice(0, 6).join(", ")}${keys.length > 6 ? ", …" : ""} }`;
}
