import type { Codes } from "../../contract/subject.js";

/** Rows of codes that are allocated at a time. */
const blockRows = 4096;
/** Up to so many images (64 MiB of row numbers) a plain array finds the row of an image; beyond, a map does. */
const indexed = 2 ** 24;

/**
 * Codes of the images that have been encoded: 8 bytes a latent for each of them, and 4 bytes for every image of the dataset,
 * however the indices that were asked for lie.
 */
export class CodeTable {
  readonly #rows: Int32Array | Map<number, number>;
  readonly #blocks: Codes[] = [];
  #count = 0;

  constructor(
    size: number,
    readonly latentDim: number,
  ) {
    this.#rows = size <= indexed ? new Int32Array(size).fill(-1) : new Map();
  }

  /** Images in the table. */
  get count(): number {
    return this.#count;
  }

  /** The indices that are not in the table, each once, in the order in which they are first asked for. */
  missing(indices: ArrayLike<number>): Uint32Array {
    const wanted = new Set<number>();
    for (let i = 0; i < indices.length; i += 1) {
      const index = indices[i] ?? -1;
      if (this.#rowOf(index) < 0) wanted.add(index);
    }
    return Uint32Array.from(wanted);
  }

  /** Adds images that are not in the table, with their codes in the same order. */
  add(indices: Uint32Array, { mean, logVar }: Codes): void {
    const { latentDim } = this;
    for (const [i, index] of indices.entries()) {
      const at = (this.#count % blockRows) * latentDim;
      if (at === 0) this.#blocks.push({ mean: new Float32Array(blockRows * latentDim), logVar: new Float32Array(blockRows * latentDim) });
      const block = this.#blocks.at(-1);
      block?.mean.set(mean.subarray(i * latentDim, (i + 1) * latentDim), at);
      block?.logVar.set(logVar.subarray(i * latentDim, (i + 1) * latentDim), at);
      if (this.#rows instanceof Map) this.#rows.set(index, this.#count);
      else this.#rows[index] = this.#count;
      this.#count += 1;
    }
  }

  /** Codes of images that are all in the table, in arrays of the caller's own. */
  read(indices: ArrayLike<number>): Codes {
    const { latentDim } = this;
    const codes = { mean: new Float32Array(indices.length * latentDim), logVar: new Float32Array(indices.length * latentDim) };
    for (let i = 0; i < indices.length; i += 1) {
      const row = this.#rowOf(indices[i] ?? -1);
      const block = this.#blocks[Math.floor(row / blockRows)];
      if (block === undefined) throw new RangeError(`image ${indices[i]} has not been encoded`);
      const at = (row % blockRows) * latentDim;
      codes.mean.set(block.mean.subarray(at, at + latentDim), i * latentDim);
      codes.logVar.set(block.logVar.subarray(at, at + latentDim), i * latentDim);
    }
    return codes;
  }

  #rowOf(index: number): number {
    return (this.#rows instanceof Map ? this.#rows.get(index) : this.#rows[index]) ?? -1;
  }
}
