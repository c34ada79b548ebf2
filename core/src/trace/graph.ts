import type * as tf from "@tensorflow/tfjs";

export type DataType = "float32" | "int32" | "bool";

/** One value of the graph, in single static assignment: written by one node, or from outside. */
export interface Value {
  readonly id: number;
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

/** One call of a tfjs kernel, in tfjs's own vocabulary: `Conv2D`, `Conv2DBackpropFilter`, `Sum`, … */
export interface GraphNode {
  readonly kernel: string;
  /** In tfjs's order of names: `{ x, filter }` is `["x", "filter"]`. */
  readonly inputs: Readonly<Record<string, Value>>;
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly outputs: readonly Value[];
  /** The backbone, tap or part of core that called it, for messages. */
  readonly origin: string;
}

export interface Constant {
  readonly value: Value;
  readonly data: Float32Array | Int32Array | Uint8Array;
}

/** A variable that the step reads (`before`), assigns (`after`), or both. */
export interface GraphVariable {
  readonly variable: tf.Variable;
  readonly before?: Value;
  readonly after?: Value;
}

/** A step as data: what an engine lowers. Nodes stand in an order in which they can run. */
export interface Graph {
  readonly name: string;
  readonly inputs: Readonly<Record<string, Value>>;
  readonly constants: readonly Constant[];
  readonly variables: readonly GraphVariable[];
  readonly nodes: readonly GraphNode[];
  readonly outputs: Readonly<Record<string, Value>>;
}
