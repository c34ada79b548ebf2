import * as tf from "@tensorflow/tfjs";
import { IdganError } from "../contract/error.js";
import type { Value } from "./graph.js";
import { currentOrigin } from "./origin.js";
import { randomError, randomOpInScope } from "./random-guard.js";
import type { Recorder } from "./recorder.js";
import { recordConstant, type TracedConstant } from "./traced-constant.js";

type DataId = tf.TensorInfo["dataId"];

/** What a tensor of the trace stands for: a value, made at first use, or numbers written from JavaScript. */
interface Entry {
  readonly shape: readonly number[];
  readonly dtype: tf.DataType;
  readonly data?: ArrayLike<number> | undefined;
  readonly value: () => Value;
  references: number;
}

/** One trace in progress. */
interface Session {
  readonly recorder: Recorder;
  readonly entries: Map<DataId, Entry>;
  failure?: IdganError;
}

/** A tfjs backend whose tensors have no data: kernels record themselves instead of computing. */
export class TracingBackend extends tf.KernelBackend {
  #session: Session | undefined;

  begin(recorder: Recorder): void {
    if (this.#session) throw new IdganError("INTERNAL", "A step was traced while another one was being traced.");
    this.#session = { recorder, entries: new Map() };
  }

  /** Ends the trace and lists what is still alive: tensors that the step kept, or that an error left behind. */
  end(): readonly { readonly dataId: DataId; readonly references: number; readonly bytes: number }[] {
    const entries = [...this.session.entries];
    this.#session = undefined;
    return entries
      .filter(([, entry]) => entry.references > 0)
      .map(([dataId, { references, shape, dtype }]) => ({ dataId, references, bytes: tf.util.sizeFromShape([...shape]) * tf.util.bytesPerElement(dtype) }));
  }

  get session(): Session {
    if (!this.#session) throw new IdganError("STEP_INVALID", "A tensor of a traced step was used after the trace. Keep nothing of a step; return it as an output.");
    return this.#session;
  }

  /** Remembers an error, so that the trace fails even where the step swallows what is thrown. */
  fail(error: IdganError): IdganError {
    this.session.failure ??= error;
    return error;
  }

  /** A new data id for a value. */
  place(value: () => Value, shape: readonly number[], dtype: tf.DataType, data?: ArrayLike<number>): DataId {
    const dataId = {};
    this.session.entries.set(dataId, { value: once(value), shape, dtype, data, references: 1 });
    return dataId;
  }

  /** The value that a tensor stands for; a tensor from outside of the trace becomes a constant. */
  resolve(tensor: tf.TensorInfo): Value {
    const entry = this.session.entries.get(tensor.dataId) ?? this.#capture(tensor);
    return entry.value();
  }

  #capture(tensor: tf.TensorInfo): Entry {
    const owner = tf.engine().state.tensorInfo.get(tensor.dataId)?.backend;
    if (!owner) throw this.fail(new IdganError("STEP_INVALID", `A tensor [${tensor.shape.join(", ")}] of an earlier trace was used in ${currentOrigin()}. Keep nothing of a step in a variable of JavaScript.`));
    const data = owner.readSync(tensor.dataId) as ArrayLike<number>;
    const { dataId, shape, dtype } = tensor;
    const value = once(() => this.#constant({ dataId, data, shape, dtype, origin: currentOrigin() }));
    const entry: Entry = { value, shape, dtype, data, references: 0 };
    this.session.entries.set(dataId, entry);
    return entry;
  }

  #constant(constant: TracedConstant): Value {
    try {
      return recordConstant(this.session.recorder, constant);
    } catch (error) {
      throw error instanceof IdganError ? this.fail(error) : error;
    }
  }

  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): DataId {
    const random = randomOpInScope();
    if (random) throw this.fail(randomError(random));
    const data = values as ArrayLike<number>;
    const origin = currentOrigin();
    const dataId: DataId = this.place(() => this.#constant({ dataId, data, shape, dtype, origin }), shape, dtype, data);
    return dataId;
  }

  override readSync(dataId: DataId): tf.BackendValues {
    const entry = this.session.entries.get(dataId);
    if (entry?.data) return entry.data as tf.BackendValues;
    throw this.fail(this.#readError(entry));
  }

  /** It never resolves: the failure is thrown at the end of the trace, and a rejection would find nobody waiting. */
  override read(dataId: DataId): Promise<tf.BackendValues> {
    const entry = this.session.entries.get(dataId);
    if (entry?.data) return Promise.resolve(entry.data as tf.BackendValues);
    this.fail(this.#readError(entry));
    return new Promise(() => {});
  }

  #readError(entry: Entry | undefined): IdganError {
    const what = entry ? `a tensor [${entry.shape.join(", ")}], ${this.session.recorder.describe(entry.value())},` : "a tensor";
    return new IdganError(
      "TRACE_READ",
      `The value of ${what} was read inside ${currentOrigin()}. A step has no values while it is traced: compute with tensors, and call no dataSync, arraySync, data or print.`,
    );
  }

  override incRef(dataId: DataId): void {
    const entry = this.session.entries.get(dataId);
    if (entry && entry.references > 0) entry.references++;
    else tf.engine().state.tensorInfo.get(dataId)?.backend.incRef(dataId);
  }

  override disposeData(dataId: DataId): boolean {
    const entry = this.#session?.entries.get(dataId);
    if (!entry) return true;
    entry.references--;
    return entry.references <= 0;
  }

  override refCount(dataId: DataId): number {
    return this.#session?.entries.get(dataId)?.references ?? 0;
  }

  override numDataIds(): number {
    return this.#session?.entries.size ?? 0;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: false };
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override timerAvailable(): boolean {
    return false;
  }

  override dispose(): void {}
}

function once(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => (made ??= make());
}
