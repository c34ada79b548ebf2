import { createStream } from "../ops/random/stream.js";

/**
 * Which images are shown when, for batches that change their size: epoch after epoch a fresh permutation from the seed, and no image of it left out.
 * A pure function of the images shown before.
 */
export class ImageOrder {
  readonly #size: number;
  readonly #stream: ReturnType<typeof createStream>;
  #epoch = -1;
  #permutation: Uint32Array = new Uint32Array();

  constructor(seed: number, name: string, size: number) {
    this.#size = size;
    this.#stream = createStream(seed, name);
  }

  /** Indices of the next `count` images after `imagesShown`. */
  after(imagesShown: number, count: number): Uint32Array {
    return Uint32Array.from({ length: count }, (_, i) => this.#image(imagesShown + i));
  }

  #image(position: number): number {
    const epoch = Math.floor(position / this.#size);
    if (epoch !== this.#epoch) {
      this.#permutation = this.#stream.permutation(epoch, this.#size);
      this.#epoch = epoch;
    }
    return this.#permutation[position % this.#size]!;
  }
}
