/**
 * Noise that a backbone needs in each step beyond c and s, declared by name and handed over in `step.noise[name]`.
 * Random ops inside a step are refused: a traced step would repeat the same numbers for ever.
 */
export interface NoiseSpec {
  /** Shape of the tensor, the batch included. `permutation` is one-dimensional, float32, of 0 … n-1. */
  readonly shape: readonly number[];
  readonly distribution: "normal" | "uniform" | "permutation";
}

export type NoiseSpecs = Readonly<Record<string, NoiseSpec>>;
