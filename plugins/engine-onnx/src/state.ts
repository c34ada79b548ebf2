import type * as tf from "@tensorflow/tfjs";
import { Tensor } from "onnxruntime-node";
import type { Port } from "./lowering/lower.js";

export type Elements = Float32Array | Int32Array | Uint8Array;

/** The values of one variable: steps read one buffer while they write the other, then the two change places. */
export interface Cell {
  readonly buffers: readonly [Elements, Elements];
  /** Which buffer holds the present value. */
  present: 0 | 1;
}

/** The variables that an engine's steps share; a variable's first value is what tfjs holds when a step that uses it is compiled. */
export class VariableStore {
  #cells = new WeakMap<tf.Variable, Cell>();

  /** The variable's cell, made at first use. */
  cell(variable: tf.Variable): Cell {
    const known = this.#cells.get(variable);
    if (known) return known;
    const values = elementsOf(variable.dataSync(), variable.dtype);
    const cell: Cell = { buffers: [values, values.slice()], present: 0 };
    this.#cells.set(variable, cell);
    return cell;
  }

  read(variable: tf.Variable): Float32Array {
    const cell = this.#cells.get(variable);
    return Float32Array.from(cell ? cell.buffers[cell.present] : variable.dataSync());
  }

  write(variable: tf.Variable, values: Float32Array): void {
    const cell = this.cell(variable);
    cell.buffers[cell.present].set(values);
  }

  clear(): void {
    this.#cells = new WeakMap();
  }
}

function elementsOf(values: ArrayLike<number>, dtype: tf.DataType): Elements {
  if (dtype === "int32") return Int32Array.from(values);
  return dtype === "bool" ? Uint8Array.from(values) : Float32Array.from(values);
}

/** A buffer as ONNX Runtime takes it: the memory itself, not a copy. */
export function tensorOver(elements: Elements, { dtype, shape }: Port): Tensor {
  const dims = [...shape];
  if (elements instanceof Float32Array) return new Tensor("float32", elements, dims);
  if (elements instanceof Int32Array) return new Tensor("int32", elements, dims);
  return new Tensor(dtype === "bool" ? "bool" : "uint8", elements, dims);
}

