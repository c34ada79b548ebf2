import { IdganError } from "../../contract/error.js";
import type { DataType, Value } from "../graph.js";

export type Attributes = Readonly<Record<string, unknown>>;
export type Inputs = Readonly<Record<string, Value>>;

/** What a rule may do while it records one kernel call. */
export interface KernelCall {
  readonly kernel: string;
  readonly inputs: Inputs;
  /** As tfjs passed them. */
  readonly attrs: Attributes;
  /** The input of this name; an internal error where tfjs gave none. */
  input(name: string): Value;
  /** Records this kernel itself, with normalised attributes. */
  record(shape: readonly number[], dtype: DataType, attrs?: Attributes, inputs?: Inputs): Value;
  /** Records another kernel through its own rule, for kernels made of others. */
  run(kernel: string, inputs: Inputs, attrs?: Attributes): Value;
  /** A small constant with these values. */
  constant(data: ArrayLike<number>, shape: readonly number[], dtype: DataType): Value;
  /** One number everywhere: a scalar constant, broadcast. */
  uniform(shape: readonly number[], value: number, dtype: DataType): Value;
}

/** Records one kernel call: infers shapes and dtypes, and normalises attributes. */
export type Rule = (call: KernelCall) => Value | readonly Value[];
export type Rules = Readonly<Record<string, Rule>>;

/** An attribute that must be a number. */
export function numberOf(call: KernelCall, name: string): number {
  const value = call.attrs[name];
  if (typeof value !== "number") throw new IdganError("INTERNAL", `${call.kernel} came without a number "${name}".`);
  return value;
}

/** An attribute that must be a list of numbers, or one number. */
export function numbersOf(call: KernelCall, name: string): readonly number[] {
  const value = call.attrs[name];
  if (typeof value === "number") return [value];
  if (Array.isArray(value)) return value.map(Number);
  throw new IdganError("INTERNAL", `${call.kernel} came without a list of numbers "${name}".`);
}

/** An attribute that must be a list of pairs, such as paddings. */
export function pairsOf(call: KernelCall, name: string): readonly (readonly [number, number])[] {
  const value = call.attrs[name];
  if (!Array.isArray(value)) throw new IdganError("INTERNAL", `${call.kernel} came without a list of pairs "${name}".`);
  return value.map((pair: unknown) => {
    const [first, second] = Array.isArray(pair) ? pair.map(Number) : [];
    return [first ?? 0, second ?? 0] as const;
  });
}

export function dtypeOf(call: KernelCall, name: string): DataType {
  const value = call.attrs[name];
  if (value === "float32" || value === "int32" || value === "bool") return value;
  throw new IdganError("ENGINE_KERNEL", `${call.kernel} to dtype "${String(value)}" cannot be traced: only float32, int32 and bool can.`);
}

/** `axis` counted from the front. */
export function positiveAxis(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((length, i) => length === b[i]);
}
