import type { Initializer } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";

/** `init` with the values that most code draws: other ones in every run. */
export function drawUnseeded(init: Initializer): Initializer {
  const draw = (shape: readonly number[], scale: number) => {
    const values = Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, () => scale * (2 * Math.random() - 1));
    return tf.tidy(() => tf.variable(tf.tensor(values, [...shape])));
  };
  return {
    normal: (_, shape, std) => draw(shape, std),
    uniform: (_, shape, limit) => draw(shape, limit),
    constant: (name, shape, value) => init.constant(name, shape, value),
    scope: (scope) => drawUnseeded(init.scope(scope)),
  };
}
