import type { Dataset } from "../../contract/dataset.js";
import type { Encoder } from "../../contract/encoder.js";
import type { CompiledStep, Engine } from "../../contract/engine.js";
import type { Codes } from "../../contract/subject.js";
import { encodeStep } from "../../stages/viewing-steps.js";

/** Images in one call of the engine, which larger calls did not make faster: the network takes nearly all of the time, drawing sprites a twentieth of it. */
const batch = 64;

type EncodeStep = CompiledStep<"x", "mean" | "logVar">;

/** Encodes images of a dataset by index; the next batch is drawn while the engine computes the present one. */
export class ImageEncoder {
  readonly #engine: Engine;
  readonly #encoder: Encoder;
  readonly #dataset: Dataset;
  #step: EncodeStep | undefined;

  constructor(engine: Engine, encoder: Encoder, dataset: Dataset) {
    this.#engine = engine;
    this.#encoder = encoder;
    this.#dataset = dataset;
  }

  /** Hands q(c|x) of `indices` to `take`, batch after batch; what `take` throws ends it. */
  async encode(indices: Uint32Array, take: (indices: Uint32Array, codes: Codes) => void): Promise<void> {
    const { latentDim } = this.#encoder;
    const step = (this.#step ??= await this.#engine.compile(encodeStep(this.#encoder, batch)));
    let pixels = this.#pixels(indices.subarray(0, batch));
    try {
      for (let at = 0; at < indices.length; at += batch) {
        const codes = step.run({ x: await pixels });
        pixels = this.#pixels(indices.subarray(at + batch, at + 2 * batch));
        // One of the two may fail while the other is waited for.
        pixels.catch(() => undefined);
        const { mean, logVar } = await codes;
        const present = indices.subarray(at, at + batch);
        take(present, { mean: mean.subarray(0, present.length * latentDim), logVar: logVar.subarray(0, present.length * latentDim) });
      }
    } finally {
      await pixels.catch(() => undefined);
    }
  }

  async dispose(): Promise<void> {
    await this.#step?.dispose();
    this.#step = undefined;
  }

  /** Pixels of at most a batch of images, filled up from the first again: a batch norm must see nothing but what was asked for. */
  async #pixels(indices: Uint32Array): Promise<Float32Array> {
    if (indices.length === 0) return new Float32Array();
    const pixels = await this.#dataset.batch(indices);
    if (indices.length === batch) return pixels;
    const filled = new Float32Array((pixels.length / indices.length) * batch);
    for (let at = 0; at < filled.length; at += pixels.length) filled.set(pixels.subarray(0, filled.length - at), at);
    return filled;
  }
}
