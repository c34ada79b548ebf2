import { IdganError, type DataType, type GraphNode, type Value } from "@idgan/core";
import type { Attribute } from "../saved-model/graph-def.js";
import { GraphBuilder } from "../saved-model/builder.js";

type Attributes = Readonly<Record<string, Attribute>>;

/** Turns the values of one graph into nodes of TensorFlow's: both hold images as `[batch, height, width, channels]`, so that little changes but names. */
export class Lowerer {
  readonly builder: GraphBuilder;
  readonly #names = new Map<number, string>();
  readonly #casts = new Map<string, string>();

  constructor(prefix: string) {
    this.builder = new GraphBuilder(prefix);
  }

  place(value: Value, name: string): void {
    this.#names.set(value.id, name);
  }

  name(value: Value): string {
    const name = this.#names.get(value.id);
    if (name === undefined) throw new IdganError("INTERNAL", `Value ${value.id} of the graph is used before it is computed.`);
    return name;
  }

  emit(op: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.builder.emit(op, inputs, attributes);
  }

  /** An op of one element type, `T`. */
  typed(op: string, inputs: readonly string[], dtype: DataType, attributes: Attributes = {}): string {
    return this.emit(op, inputs, { T: { type: dtype }, ...attributes });
  }

  cast(name: string, from: DataType, to: DataType): string {
    if (from === to) return name;
    const key = `${name} ${to}`;
    const known = this.#casts.get(key);
    if (known !== undefined) return known;
    const cast = this.emit("Cast", [name], { SrcT: { type: from }, DstT: { type: to } });
    this.#casts.set(key, cast);
    return cast;
  }

  /** A value as elements of another type. */
  as(value: Value, dtype: DataType): string {
    return this.cast(this.name(value), value.dtype, dtype);
  }

  int32(values: readonly number[], shape?: readonly number[]): string {
    return this.builder.int32(values, shape);
  }
}

/** Emits one kernel's nodes, and returns the name of the last. */
export type Lowering = (lowerer: Lowerer, node: GraphNode) => string;
export type Lowerings = Readonly<Record<string, Lowering>>;

/** The node's input of this name. */
export function inputOf(node: GraphNode, name: string): Value {
  const value = node.inputs[name];
  if (value === undefined) throw new IdganError("INTERNAL", `${node.kernel} has no input "${name}".`);
  return value;
}

/** The node's one output. */
export function outputOf(node: GraphNode): Value {
  const value = node.outputs[0];
  if (value === undefined || node.outputs.length > 1) throw new IdganError("INTERNAL", `${node.kernel} has ${node.outputs.length} outputs; one was expected.`);
  return value;
}

export function numberOf(node: GraphNode, name: string): number {
  return Number(node.attrs[name]);
}

export function numbersOf(node: GraphNode, name: string): readonly number[] {
  const value = node.attrs[name];
  return Array.isArray(value) ? value.map(Number) : [Number(value)];
}

export const int32: Attribute = { type: "int32" };

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
