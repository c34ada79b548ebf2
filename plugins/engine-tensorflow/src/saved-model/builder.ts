import type { DataType } from "@idgan/core";
import type { Attribute, NodeDef } from "./graph-def.js";

export type Elements = Float32Array | Int32Array | Uint8Array;

/** Collects the nodes of one step; equal constants become one node. Names begin with the step's prefix, so that steps share a graph. */
export class GraphBuilder {
  readonly nodes: NodeDef[] = [];
  /** What each node is for, for errors. */
  readonly origins = new Map<string, string>();
  origin = "";
  readonly #prefix: string;
  readonly #constants = new Map<string, string>();

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** One node, whose first output goes by the name that is returned. */
  emit(op: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    const name = `${this.#prefix}/${op}_${this.nodes.length}`;
    this.nodes.push({ name, op, inputs, attributes });
    this.origins.set(name, this.origin);
    return name;
  }

  constant(dtype: DataType, data: Elements, shape: readonly number[] = [data.length]): string {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const key = `${dtype}[${shape.join()}]${Buffer.from(bytes).toString("latin1")}`;
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const name = this.emit("Const", [], { dtype: { type: dtype }, value: { tensor: { dtype, shape, bytes } } });
    this.#constants.set(key, name);
    return name;
  }

  scalar(value: number, dtype: DataType = "float32"): string {
    return this.constant(dtype, elementsOf([value], dtype), []);
  }

  /** A shape, axes or offsets. */
  int32(values: readonly number[], shape?: readonly number[]): string {
    return this.constant("int32", Int32Array.from(values), shape);
  }
}

export function elementsOf(values: ArrayLike<number>, dtype: DataType): Elements {
  if (dtype === "int32") return Int32Array.from(values);
  return dtype === "bool" ? Uint8Array.from(values) : Float32Array.from(values);
}
