import type * as tf from "@tensorflow/tfjs";
import { Cell, type Elements } from "./cell.js";
import type { Port } from "./lowering/lower.js";
import { Tensor } from "./runtime.js";

/** The variables that an engine's steps share; a variable's first value is what tfjs holds when a step that uses it is compiled. */
export class VariableStore {
  #cells = new WeakMap<tf.Variable, Cell>();

  /** The variable's cell, made at first use. */
  cell(variable: tf.Variable): Cell {
    const known = this.#cells.get(variable);
    if (known) return known;
    const cell = new Cell(variable);
    this.#cells.set(variable, cell);
    return cell;
  }

  read(variable: tf.Variable): Float32Array {
    return Float32Array.from(this.#cells.get(variable)?.present ?? variable.dataSync());
  }

  write(variable: tf.Variable, values: Float32Array): void {
    this.cell(variable).write(values);
  }

  clear(): void {
    this.#cells = new WeakMap();
  }
}

/** A buffer as ONNX Runtime takes it: the memory itself, not a copy. */
export function tensorOver(elements: Elements, { dtype, shape }: Port): Tensor {
  const dims = [...shape];
  if (elements instanceof Float32Array) return new Tensor("float32", elements, dims);
  if (elements instanceof Int32Array) return new Tensor("int32", elements, dims);
  return new Tensor(dtype === "bool" ? "bool" : "uint8", elements, dims);
}
