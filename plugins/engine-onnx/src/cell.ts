import * as tf from "@tensorflow/tfjs";

export type Elements = Float32Array | Int32Array | Uint8Array;

/**
 * The values of one variable: a step reads one buffer while it writes the other, then the two change places.
 * The first value is read where tfjs has it, and never written; from the first new value on tfjs's variable looks into the cell, so that no third copy stays.
 * What it shows there is settled when the steps that write are disposed of.
 */
export class Cell {
  readonly #variable: tf.Variable;
  #present: Elements;
  #spare: Elements | undefined;
  /** Whether `present` is the cell's own. */
  #own = false;

  constructor(variable: tf.Variable) {
    this.#variable = variable;
    this.#present = variable.dataSync<tf.DataType>() as Elements;
  }

  /** The buffer that holds the present value, to be read. */
  get present(): Elements {
    return this.#present;
  }

  /** The buffer for the next value; what no step writes never has one. */
  get spare(): Elements {
    this.#spare ??= emptyLike(this.#present);
    return this.#spare;
  }

  /** The next value has been written. */
  swap(): void {
    const before = this.#present;
    this.#present = this.spare;
    this.#spare = this.#own ? before : undefined;
    this.#take();
  }

  write(values: Float32Array): void {
    if (!this.#own) this.#present = this.#present.slice();
    this.#present.set(values);
    this.#take();
  }

  /** Shows tfjs the present value, if it still has the variable. */
  settle(): void {
    if (this.#variable.isDisposed) return;
    const { shape, dtype } = this.#variable;
    const shared = tf.tensor(this.#present, shape, dtype);
    this.#variable.assign(shared);
    shared.dispose();
  }

  #take(): void {
    if (this.#own) return;
    this.#own = true;
    this.settle();
  }
}

function emptyLike({ constructor, length }: Elements): Elements {
  return new (constructor as new (length: number) => Elements)(length);
}
