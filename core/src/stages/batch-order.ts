import { IdganError } from "../contract/error.js";
import { createStream } from "../ops/random/stream.js";

/** Refuses stages whose batch, given by the stage's name, is larger than the dataset; all of them at once. */
export function expectBatches(size: number, batches: Readonly<Record<string, number>>): void {
  const large = Object.entries(batches).filter(([, batch]) => size < batch);
  if (large.length === 0) return;
  const keys = large.map(([stage]) => `${stage}.batch`).join(" and ");
  throw new IdganError("DATA_INVALID", `The dataset has ${size} images, fewer than one batch of ${[...new Set(large.map(([, batch]) => batch))].join(" or of ")}. Set ${keys} to ${size} or less.`);
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
    expectBatches(size, { [name.split("/")[0] ?? name]: batch });
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
