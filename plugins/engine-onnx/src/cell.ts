import * as tf from "@tensorflow/tfjs";

export type Elements = Float32Array | Int32Array | Uint8Array;

/**
 * The values of one variable: a step reads one buffer while it writes the other, then the two change places.
 * tfjs's variable looks into the first of them from then on, where its backend takes arrays as they are, so that no third copy stays; what it shows is settled when the steps that write are disposed of.
 */
export class Cell {
  readonly #first: Elements;
  #present: Elements;
  #spare: Elements | undefined;

  constructor(variable: tf.Variable) {
    this.#first = copyOf(variable.dataSync(), variable.dtype);
    this.#present = this.#first;
    const shared = tf.tensor(this.#first, variable.shape, variable.dtype);
    variable.assign(shared);
    shared.dispose();
  }

  /** The buffer that holds the present value. */
  get present(): Elements {
    return this.#present;
  }

  /** The buffer for the next value; what no step writes never has one. */
  get spare(): Elements {
    this.#spare ??= this.#present.slice();
    return this.#spare;
  }

  /** The next value has been written. */
  swap(): void {
    [this.#present, this.#spare] = [this.spare, this.#present];
  }

  /** Puts the present value where tfjs looks. */
  settle(): void {
    if (this.#present === this.#first) return;
    this.#first.set(this.#present);
    this.swap();
  }
}

function copyOf(values: ArrayLike<number>, dtype: tf.DataType): Elements {
  if (dtype === "int32") return Int32Array.from(values);
  return dtype === "bool" ? Uint8Array.from(values) : Float32Array.from(values);
}
