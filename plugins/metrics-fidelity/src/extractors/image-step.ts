import * as tf from "@tensorflow/tfjs";
import { batchShape, bicubicTo, IdganError, describeSpace, type CompiledStep, type Engine, type ImageSpace } from "@idgan/core";

/** Runs a network on any number of images of any one size, compiled once for each size. */
export class ImageStep {
  readonly #engine: Engine;
  readonly #name: string;
  readonly #compute: (pixels: readonly tf.Tensor4D[]) => tf.Tensor;
  readonly #batch: number;
  readonly #steps = new Map<string, Promise<CompiledStep>>();

  /** `compute` takes as many tensors of pixels in [0, 1] as `run` is given. */
  constructor(engine: Engine, name: string, batch: number, compute: (pixels: readonly tf.Tensor4D[]) => tf.Tensor) {
    this.#engine = engine;
    this.#name = name;
    this.#batch = batch;
    this.#compute = compute;
  }

  /** Sets of as many images each, `[n, height, width, channels]` in [0, 1], to what `compute` gives, row by row. */
  async run(sets: readonly Float32Array[], image: ImageSpace): Promise<Float32Array> {
    const width = image.height * image.width * image.channels;
    const count = (sets[0]?.length ?? 0) / width;
    const step = await this.#compiled(image, sets.length);
    let rows = new Float32Array();
    for (let start = 0; start < count; start += this.#batch) {
      const feeds = Object.fromEntries(sets.map((pixels, i) => [`x${i}`, fill(pixels.subarray(start * width, (start + this.#batch) * width), this.#batch * width)]));
      const { rows: found = new Float32Array() } = (await step.run(feeds)) as Readonly<Record<string, Float32Array>>;
      const size = found.length / this.#batch;
      if (start === 0) rows = new Float32Array(count * size);
      rows.set(found.subarray(0, Math.min(this.#batch, count - start) * size), start * size);
    }
    return rows;
  }

  async dispose(): Promise<void> {
    for (const step of this.#steps.values()) await (await step.catch(() => undefined))?.dispose();
    this.#steps.clear();
  }

  #compiled(image: ImageSpace, sets: number): Promise<CompiledStep> {
    const key = `${describeSpace(image)} ${sets}`;
    const names = Array.from({ length: sets }, (_, i) => `x${i}`);
    const made =
      this.#steps.get(key) ??
      this.#engine.compile({
        name: this.#name,
        inputs: Object.fromEntries(names.map((name) => [name, batchShape(image, this.#batch)])),
        run: (inputs) => ({ rows: this.#compute(names.map((name) => colour(inputs[name] as tf.Tensor4D))) }),
      });
    this.#steps.set(key, made);
    return made;
  }
}

/** Pixels in [0, 1] as clean-fid resizes them: Pillow's bicubic filter on floats, cut to the range of bytes; from 0 to 255. */
export function cleanResized(pixels: tf.Tensor4D, side: number): tf.Tensor4D {
  const [, height, width] = pixels.shape;
  const bytes = tf.mul<tf.Tensor4D>(pixels, 255);
  return height === side && width === side ? bytes : tf.clipByValue(bicubicTo(bytes, side, side), 0, 255);
}

/** Throws `METRIC_INPUT` for images that are neither grey nor of three channels. */
export function expectColour({ channels }: ImageSpace, what: string): void {
  if (channels !== 1 && channels !== 3) throw new IdganError("METRIC_INPUT", `${what} looks at images of 1 or 3 channels, and these have ${channels}. Choose other data, or metrics of the run's own encoder.`);
}

/** Grey three times over. */
function colour(x: tf.Tensor4D): tf.Tensor4D {
  return x.shape[3] === 3 ? x : tf.concat([x, x, x], 3);
}

/** `values`, and the first of them again up to `length`. */
function fill(values: Float32Array, length: number): Float32Array {
  if (values.length === length) return values;
  const filled = new Float32Array(length);
  for (let at = 0; at < length; at += values.length) filled.set(values.subarray(0, length - at), at);
  return filled;
}
