import { IdganError } from "../contract/error.js";
import { createStream } from "../ops/random/stream.js";

/** Refuses a `stage` whose batch is larger than the dataset. */
export function expectBatch(stage: string, size: number, batch: number): void {
  if (size < batch) {
    throw new IdganError("DATA_INVALID", `The dataset has ${size} images, fewer than one batch of ${batch}. Set ${stage}.batch to ${size} or less.`);
  }
}

/**
 * Which images each update sees: every epoch is a fresh permutation from the seed, an incomplete last batch is dropped.
 * A pure function of the update's number, so a resumed run needs no cursor, and every engine sees the same batches.
 */
export class BatchOrder {
  readonly #size: number;
  readonly #batch: number;
  readonly #stream: ReturnType<typeof createStream>;
  #epoch = -1;
  #permutation: Uint32Array = new Uint32Array();

  constructor(seed: number, name: string, size: number, batch: number) {
    expectBatch(name.split("/")[0] ?? name, size, batch);
    this.#size = size;
    this.#batch = batch;
    this.#stream = createStream(seed, name);
  }

  /** Indices of the images of update `step`, counted from 0. */
  at(step: number): Uint32Array {
    const batches = Math.floor(this.#size / this.#batch);
    const epoch = Math.floor(step / batches);
    if (epoch !== this.#epoch) {
      this.#permutation = this.#stream.permutation(epoch, this.#size);
      this.#epoch = epoch;
    }
    const start = (step % batches) * this.#batch;
    return this.#permutation.slice(start, start + this.#batch);
  }
}
