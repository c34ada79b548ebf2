import type { DataType } from "@idgan/core";
import type * as tf from "@tensorflow/tfjs";
import { elementsOf, type Elements } from "../saved-model/builder.js";
import type { NodeDef } from "../saved-model/graph-def.js";

/** One variable's value: in the session, on the host, or, after a transfer, both. */
export interface Cell {
  readonly variable: tf.Variable;
  readonly index: number;
  readonly dtype: DataType;
  readonly shape: readonly number[];
  /** The present value, where the host has it. */
  host: Elements | undefined;
  /** Whether the session has the present value. */
  inSession: boolean;
}

/** A variable's cell; its first value is what tfjs holds. */
export function createCell(variable: tf.Variable, index: number): Cell {
  const dtype = variable.dtype as DataType;
  return { variable, index, dtype, shape: [...variable.shape], host: elementsOf(variable.dataSync(), dtype), inSession: false };
}

export const handleName = ({ index }: Cell): string => `v${index}/handle`;
export const feedName = ({ index }: Cell): string => `v${index}/fed`;
export const assignedName = ({ index }: Cell): string => `v${index}/assigned`;
export const fetchName = ({ index }: Cell): string => `v${index}/value`;

/** The nodes of a variable: its handle, its value, and how a value from the host is put into it. */
export function nodesOf(cell: Cell): readonly NodeDef[] {
  const { index, dtype, shape } = cell;
  const type = { type: dtype } as const;
  return [
    { name: handleName(cell), op: "VarHandleOp", inputs: [], attributes: { dtype: type, shape: { shape }, container: { text: "" }, shared_name: { text: `v${index}` } } },
    { name: fetchName(cell), op: "ReadVariableOp", inputs: [handleName(cell)], attributes: { dtype: type } },
    { name: feedName(cell), op: "Placeholder", inputs: [], attributes: { dtype: type, shape: { shape } } },
    // The variable keeps the memory that it is given, and the feed's belongs to JavaScript.
    { name: `v${index}/copy`, op: "DeepCopy", inputs: [feedName(cell)], attributes: { T: type } },
    { name: `v${index}/assign`, op: "AssignVariableOp", inputs: [handleName(cell), `v${index}/copy`], attributes: { dtype: type } },
    { name: assignedName(cell), op: "Const", inputs: [`^v${index}/assign`], attributes: { dtype: { type: "float32" }, value: { tensor: { dtype: "float32", shape: [], bytes: new Uint8Array(4) } } } },
  ];
}
