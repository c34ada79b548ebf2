import type * as tf from "@tensorflow/tfjs";
import { IdganError } from "../contract/error.js";
import { isDeclaredConstant } from "../ops/declared-constant.js";
import type { DataType, Value } from "./graph.js";
import { typedArray, type Recorder } from "./recorder.js";

/** A captured constant may hold this many elements; more is taken for data captured by accident. */
const maxConstantSize = 4096;

/** Numbers that a step wrote, or captured from outside. */
export interface TracedConstant {
  readonly dataId: tf.TensorInfo["dataId"];
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
  readonly dtype: tf.DataType;
  /** Who wrote or captured them. */
  readonly origin: string;
}

/**
 * Records a constant; one number throughout is recorded once, whatever the shape.
 * @throws IdganError TRACE_CONSTANT for what is large and not declared, ENGINE_KERNEL for a type that graphs do not have.
 */
export function recordConstant(recorder: Recorder, { dataId, data, shape, dtype, origin }: TracedConstant): Value {
  const type = tracedType(dtype, origin);
  const first = data[0];
  const typed = typedArray(data, type);
  if (first !== undefined && typed.every((number) => Object.is(number, typed[0]))) {
    return recorder.uniform(shape, first, type);
  }
  if (data.length > maxConstantSize && !isDeclaredConstant(dataId)) {
    throw new IdganError("TRACE_CONSTANT", `A constant of shape [${shape.join(", ")}] was captured by ${origin}. Make it an input, a declared noise or a tf.Variable; or, if it is the same for ever, mark it with declareConstant.`);
  }
  return recorder.constant(data, shape, type);
}

function tracedType(dtype: tf.DataType, origin: string): DataType {
  if (dtype === "float32" || dtype === "int32" || dtype === "bool") return dtype;
  throw new IdganError("ENGINE_KERNEL", `A ${dtype} tensor, made by ${origin}, cannot be traced: only float32, int32 and bool can.`);
}
