import type * as tf from "@tensorflow/tfjs";

/**
 * A training or sampling step: a synchronous function, in plain tfjs, of named float32 tensors, that reads and assigns `tf.Variable`s.
 * Whatever changes from one call to the next is an input; nothing else may be read from JavaScript inside it.
 */
export interface Step<Input extends string = string, Output extends string = string> {
  readonly name: string;
  /** Shape of each input. */
  readonly inputs: Readonly<Record<Input, readonly number[]>>;
  run(inputs: Readonly<Record<Input, tf.Tensor>>): Readonly<Record<Output, tf.Tensor>>;
}

/** A step that an engine has made ready to run. */
export interface CompiledStep<Input extends string = string, Output extends string = string> {
  readonly name: string;
  /**
   * Runs the step once: variables change, outputs come back as arrays of the caller's own.
   * With `fetch` false the outputs are left on the device and the result is empty. Once it has run, nothing is left that looks at `feeds`: they may be written to.
   */
  run(feeds: Readonly<Record<Input, Float32Array>>, fetch?: boolean): Promise<Readonly<Record<Output, Float32Array>>>;
  dispose(): Promise<void>;
}

/** What runs steps. Between calls the engine, not tfjs, holds the values of the variables that its steps use. */
export interface Engine {
  readonly name: string;
  /** One line: runtime, version, device, threads. */
  readonly description: string;
  /** Whether outputs cost nothing to fetch, as on a CPU. */
  readonly fetchesFreely: boolean;
  compile<Input extends string, Output extends string>(step: Step<Input, Output>): Promise<CompiledStep<Input, Output>>;
  /** The variable's present value, copied. */
  read(variable: tf.Variable): Promise<Float32Array>;
  /** Gives the variable a new value, which the next call of any step sees. */
  write(variable: tf.Variable, values: Float32Array): Promise<void>;
  dispose(): Promise<void>;
}
