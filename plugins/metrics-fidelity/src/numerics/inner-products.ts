import * as tf from "@tensorflow/tfjs";
import type { CompiledStep, Engine } from "@idgan/core";

/** Inner products of all pairs of rows of two blocks of features, by the run's engine: tens of thousands of features make billions of them. */
export class InnerProducts {
  readonly rows: number;
  readonly #size: number;
  readonly #step: CompiledStep<"x" | "y", "products">;

  private constructor(rows: number, size: number, step: CompiledStep<"x" | "y", "products">) {
    this.rows = rows;
    this.#size = size;
    this.#step = step;
  }

  /** For blocks of at most `rows` features of `size` numbers. */
  static async compile(engine: Engine, rows: number, size: number): Promise<InnerProducts> {
    const step = await engine.compile({
      name: "inner products",
      inputs: { x: [rows, size], y: [rows, size] },
      run: ({ x, y }) => ({ products: tf.matMul(x as tf.Tensor2D, y as tf.Tensor2D, false, true) }),
    });
    return new InnerProducts(rows, size, step);
  }

  /** `[rows, rows]`; rows beyond the last of `x` or `y` are 0. */
  async of(x: Float32Array, y: Float32Array): Promise<Float32Array> {
    return (await this.#step.run({ x: this.#filled(x), y: this.#filled(y) })).products;
  }

  dispose(): Promise<void> {
    return this.#step.dispose();
  }

  #filled(values: Float32Array): Float32Array {
    if (values.length === this.rows * this.#size) return values;
    const filled = new Float32Array(this.rows * this.#size);
    filled.set(values);
    return filled;
  }
}
