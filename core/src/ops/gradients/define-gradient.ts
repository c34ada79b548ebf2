import type * as tf from "@tensorflow/tfjs";

/** By input name, how its gradient is computed if it is asked for. Never `dy` itself: tfjs disposes what it gets. */
export type Derivatives = Readonly<Record<string, () => tf.Tensor>>;

/**
 * A gradient of a kernel with one output, for `tf.registerGradient`. `saved` names the inputs that it needs; `y` is the kernel's output.
 * An input that was not given is undefined in `saved`, and must be named last.
 */
export function defineGradient<Name extends string, Attrs = unknown>(
  kernelName: string,
  saved: readonly Name[],
  derive: (dy: tf.Tensor, saved: Readonly<Record<Name, tf.Tensor>>, attrs: Attrs) => Derivatives,
): tf.GradConfig {
  const inputs = saved.filter((name) => name !== "y");
  const names = [...inputs, ...saved.filter((name) => name === "y")]; // tfjs hands over the outputs after the inputs
  return {
    kernelName,
    inputsToSave: inputs,
    outputsToSave: [inputs.length < saved.length],
    gradFunc: (dy, tensors, attrs) =>
      derive(dy as tf.Tensor, Object.fromEntries(names.map((name, i) => [name, tensors[i]])) as Record<Name, tf.Tensor>, attrs as Attrs),
  };
}
