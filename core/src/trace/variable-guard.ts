import * as tf from "@tensorflow/tfjs";
import { IdganError } from "../contract/error.js";
import type { GraphVariable, Value } from "./graph.js";
import type { Recorder } from "./recorder.js";
import type { TracingBackend } from "./tracing-backend.js";

type DataId = tf.TensorInfo["dataId"];

interface Guarded {
  readonly variable: tf.Variable;
  readonly dataId: DataId;
  readonly traced: DataId;
  before?: Value;
}

/**
 * Lends every tf.Variable to a trace: its data id is replaced by a traced one, so that reads and assignments are seen, and put back afterwards.
 * The engine's table of tensors is kept in step, so that `tf.memory()` stays right.
 */
export class VariableGuard {
  readonly #backend: TracingBackend;
  readonly #guarded: readonly Guarded[];

  constructor(backend: TracingBackend, recorder: Recorder) {
    this.#backend = backend;
    this.#guarded = Object.values(tf.engine().registeredVariables).flatMap((variable) => {
      const { shape, dtype, dataId } = variable;
      if (dtype !== "float32" && dtype !== "int32" && dtype !== "bool") return [];
      const read = (): Value => (guarded.before ??= recorder.value(shape, dtype));
      const guarded: Guarded = { variable, dataId, traced: backend.place(read, shape, dtype) };
      const { state } = tf.engine();
      state.tensorInfo.set(guarded.traced, { backend, dtype, shape: [...shape], bytes: variable.size * tf.util.bytesPerElement(dtype) });
      state.numDataBuffers++;
      variable.dataId = guarded.traced;
      return [guarded];
    });
  }

  /** The variables that the step read or assigned. */
  used(): readonly GraphVariable[] {
    return this.#guarded.flatMap((guarded) => {
      const { variable } = guarded;
      if (variable.isDisposed) throw new IdganError("STEP_INVALID", `The step disposed the variable "${variable.name}". Dispose variables outside of steps.`);
      const current = variable.dataId === guarded.traced ? guarded.before : this.#backend.resolve(variable);
      // Read after resolve, which may be what first reads the variable itself.
      const { before } = guarded;
      const after = current === before ? undefined : current;
      return before || after ? [{ variable, ...(before && { before }), ...(after && { after }) }] : [];
    });
  }

  /** Puts every variable back as it was, and removes those that the step made; their names are returned. */
  restore(): readonly string[] {
    const engine = tf.engine();
    for (const { variable, dataId } of this.#guarded) {
      if (variable.isDisposed) {
        Reflect.set(variable, "isDisposedInternal", false);
        engine.registeredVariables[variable.name] = variable;
        engine.state.numTensors++;
        engine.state.numBytes += variable.size * tf.util.bytesPerElement(variable.dtype);
      } else {
        const owner = engine.state.tensorInfo.get(variable.dataId)?.backend;
        if (owner?.disposeData(variable.dataId)) engine.removeDataId(variable.dataId, owner);
      }
      variable.dataId = dataId;
    }
    const known = new Set(this.#guarded.map(({ variable }) => variable));
    const made = Object.values(engine.registeredVariables).filter((variable) => !known.has(variable));
    for (const variable of made) variable.dispose();
    return made.map(({ name }) => name);
  }
}
