import type { Dataset } from "../../contract/dataset.js";
import type { Encoder } from "../../contract/encoder.js";
import type { CompiledStep, Engine } from "../../contract/engine.js";
import type { Codes } from "../../contract/metric.js";
import { encodeStep } from "../../stages/viewing-steps.js";

/** Images in one call of the engine: most of a long request in large calls, its rest and short ones in small calls. */
const batches = [256, 64] as const;
const smallest = 64;

type EncodeStep = CompiledStep<"x", "mean" | "logVar">;

/** Images of one call: `indices`, filled up with those from its front to `batch`. */
interface Draw {
  readonly batch: number;
  readonly indices: Uint32Array;
}

/** Encodes images of a dataset by index; the next batch is drawn while the engine computes the present one. */
export class ImageEncoder {
  readonly #engine: Engine;
  readonly #encoder: Encoder;
  readonly #dataset: Dataset;
  readonly #steps = new Map<number, EncodeStep>();

  constructor(engine: Engine, encoder: Encoder, dataset: Dataset) {
    this.#engine = engine;
    this.#encoder = encoder;
    this.#dataset = dataset;
  }

  /** Hands q(c|x) of `indices` to `take`, batch after batch; what `take` throws ends it. */
  async encode(indices: Uint32Array, take: (indices: Uint32Array, codes: Codes) => void): Promise<void> {
    const draws = split(indices);
    let pixels = this.#pixels(draws[0]);
    try {
      for (const [i, draw] of draws.entries()) {
        const step = await this.#step(draw.batch);
        const codes = step.run({ x: await pixels });
        pixels = this.#pixels(draws[i + 1]);
        // One of the two may fail while the other is waited for.
        pixels.catch(() => undefined);
        const { mean, logVar } = await codes;
        const values = draw.indices.length * this.#encoder.latentDim;
        take(draw.indices, { mean: mean.subarray(0, values), logVar: logVar.subarray(0, values) });
      }
    } finally {
      await pixels.catch(() => undefined);
    }
  }

  async dispose(): Promise<void> {
    for (const step of this.#steps.values()) await step.dispose();
    this.#steps.clear();
  }

  async #pixels(draw: Draw | undefined): Promise<Float32Array> {
    if (draw === undefined) return new Float32Array();
    const { batch, indices } = draw;
    const pixels = await this.#dataset.batch(indices);
    if (indices.length === batch) return pixels;
    // From the first again, so that a batch norm sees nothing but what was asked for.
    const filled = new Float32Array((pixels.length / indices.length) * batch);
    for (let at = 0; at < filled.length; at += pixels.length) filled.set(pixels.subarray(0, filled.length - at), at);
    return filled;
  }

  async #step(batch: number): Promise<EncodeStep> {
    const ready = this.#steps.get(batch) ?? (await this.#engine.compile(encodeStep(this.#encoder, batch)));
    this.#steps.set(batch, ready);
    return ready;
  }
}

function split(indices: Uint32Array): readonly Draw[] {
  const draws: Draw[] = [];
  for (let at = 0; at < indices.length; ) {
    const batch = batches.find((size) => size <= indices.length - at) ?? smallest;
    draws.push({ batch, indices: indices.subarray(at, at + batch) });
    at += batch;
  }
  return draws;
}
