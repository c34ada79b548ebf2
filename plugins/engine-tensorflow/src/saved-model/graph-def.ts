import type { DataType } from "@idgan/core";

/** Numbers of TensorFlow's DataType, https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/framework/types.proto */
export const dataTypes: Readonly<Record<DataType, number>> = { float32: 1, int32: 3, bool: 10 };

/** An attribute of a node. */
export type Attribute =
  | { readonly type: DataType }
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly bool: boolean }
  | { readonly text: string }
  | { readonly shape: readonly number[] }
  | { readonly tensor: TensorContent };

export interface TensorContent {
  readonly dtype: DataType;
  readonly shape: readonly number[];
  /** Little endian, in tfjs's order of elements. */
  readonly bytes: Uint8Array;
}

/** One node; an input is the name of the node whose first output it is, or `^name` for a node that must come before. */
export interface NodeDef {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}
