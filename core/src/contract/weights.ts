import type * as tf from "@tensorflow/tfjs";

/**
 * Trainable variables under the names that checkpoints use, such as `conv1/kernel`.
 * Names belong to the backbone, not to tfjs's global registry, so that two copies of one backbone can live side by side.
 */
export type Weights = Readonly<Record<string, tf.Variable>>;

/** Makes a backbone's variables, seeded by name: the order of creation does not matter. */
export interface Initializer {
  /** Normal values with mean 0. */
  normal(name: string, shape: readonly number[], std: number): tf.Variable;
  /** Uniform values in [-limit, limit). */
  uniform(name: string, shape: readonly number[], limit: number): tf.Variable;
  constant(name: string, shape: readonly number[], value: number): tf.Variable;
  /** The same initializer with `scope/` before every name. */
  scope(scope: string): Initializer;
}
