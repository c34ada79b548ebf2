import { open } from "node:fs/promises";
import { messageOf, openSourceFile, readEntry, readTarEntry, type SourceFile } from "@idgan/core/data";
import { readPicture, type Preparation } from "./picture.js";
import type { PicturePlace } from "./picture-place.js";

/** Pictures one after the other, `[n, size, size, channels]`, zeros where there is a fault; why each cannot be used, or `null`. */
export interface Decoded {
  readonly pixels: Uint8Array;
  readonly faults: readonly (string | null)[];
}

/** A larger file is no picture that anybody trains on. */
const mostBytes = 2 ** 28;
/** Archives that are kept open. */
const mostOpen = 16;
/** Characters of what libvips says, which can go on for pages. */
const longestReason = 160;
const changed = "changed since it was listed";

/** Reads and decodes pictures one after the other: the memory of one is all that it takes. One belongs to each worker thread. */
export class Decoder {
  readonly #preparation: Preparation;
  readonly #archives = new Map<string, SourceFile>();

  constructor(preparation: Preparation) {
    this.#preparation = preparation;
  }

  async decode(places: readonly PicturePlace[]): Promise<Decoded> {
    const length = this.#preparation.size ** 2 * this.#preparation.channels;
    const pixels = new Uint8Array(places.length * length);
    const faults: (string | null)[] = [];
    for (const [i, place] of places.entries()) {
      try {
        if (place.fault !== undefined) throw new Error(place.fault);
        pixels.set(await readPicture(await this.#read(place), this.#preparation, place.box), i * length);
        faults.push(null);
      } catch (error) {
        const reason = messageOf(error).split("\n").map((line) => line.trim()).filter((line) => line !== "").join(" ");
        faults.push(`The picture ${place.name} cannot be used (${reason.slice(0, longestReason)})`);
      }
    }
    return { pixels, faults };
  }

  async close(): Promise<void> {
    for (const archive of this.#archives.values()) await archive.close();
    this.#archives.clear();
  }

  async #read(place: PicturePlace): Promise<Uint8Array> {
    if (place.entry === undefined) return await readWhole(place);
    const archive = await this.#archive(place);
    const file = "crc" in place.entry ? await readEntry(archive, place.entry, mostBytes) : await readTarEntry(archive, place.entry, mostBytes);
    await archive.expectUnchanged();
    return file;
  }

  async #archive({ path, bytes, modified }: PicturePlace): Promise<SourceFile> {
    const known = this.#archives.get(path);
    if (known !== undefined) return known;
    const [oldest] = this.#archives.values();
    if (oldest !== undefined && this.#archives.size >= mostOpen) {
      this.#archives.delete(oldest.path);
      await oldest.close();
    }
    const archive = await openSourceFile(path);
    if (archive.bytes !== bytes || archive.modified !== modified) {
      await archive.close();
      throw new Error(changed);
    }
    this.#archives.set(path, archive);
    return archive;
  }
}

/** A file that is what it was when it was listed. */
async function readWhole({ path, bytes, modified }: PicturePlace): Promise<Uint8Array> {
  const handle = await open(path, "r");
  try {
    const { size, mtimeMs } = await handle.stat();
    if (size !== bytes || mtimeMs !== modified) throw new Error(changed);
    if (size > mostBytes) throw new Error(`has ${size} bytes, more than ${mostBytes}`);
    const file = Buffer.allocUnsafe(size);
    for (let done = 0; done < size; ) {
      const { bytesRead } = await handle.read(file, done, size - done, done);
      if (bytesRead === 0) throw new Error(changed);
      done += bytesRead;
    }
    return file;
  } finally {
    await handle.close();
  }
}
