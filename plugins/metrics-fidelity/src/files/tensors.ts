/** An array of a file of weights. */
export interface StoredTensor {
  readonly shape: readonly number[];
  /** Its numbers in C order; read anew at each call. */
  read(): Float32Array;
}

/** The arrays of a file of weights, by the names that it gives them. */
export type Tensors = ReadonlyMap<string, StoredTensor>;
