import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { openSourceFile, readEntry, readTarEntry, type SourceFile } from "@idgan/core/data";
import type { PicturePlace } from "./picture-place.js";

/** A larger file is no picture that anybody trains on. */
const mostBytes = 2 ** 28;
/** Archives that are kept open. */
const mostOpen = 16;
const changed = "changed since it was listed";

/** Reads the files of pictures, one after the other, from folders and archives; whoever makes one closes it. */
export class PlaceReader {
  readonly #archives = new Map<string, SourceFile>();

  #last: Promise<unknown> = Promise.resolve();

  /** The file as it lies there, once those that were asked for before are read; an `Error` says why it cannot be read. */
  async read(place: PicturePlace): Promise<Uint8Array> {
    const file = this.#last.then(async () => await this.#read(place));
    this.#last = file.catch(() => undefined);
    return await file;
  }

  async #read(place: PicturePlace): Promise<Uint8Array> {
    if (place.entry === undefined) return readWhole(place);
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

  async close(): Promise<void> {
    for (const archive of this.#archives.values()) await archive.close();
    this.#archives.clear();
  }
}

/** The file of one picture, where several are read at a time. */
export async function readPlace(place: PicturePlace): Promise<Uint8Array> {
  const reader = new PlaceReader();
  try {
    return await reader.read(place);
  } finally {
    await reader.close();
  }
}

/** A file that is what it was when it was listed. This thread waits for it: turns of its loop, one after each of four operations, took as long as a third of the decoding. */
function readWhole({ path, bytes, modified }: PicturePlace): Uint8Array {
  const descriptor = openSync(path, "r");
  try {
    const { size, mtimeMs } = fstatSync(descriptor);
    if (size !== bytes || mtimeMs !== modified) throw new Error(changed);
    if (size > mostBytes) throw new Error(`has ${size} bytes, more than ${mostBytes}`);
    const file = Buffer.allocUnsafe(size);
    for (let done = 0; done < size; ) {
      const bytesRead = readSync(descriptor, file, done, size - done, done);
      if (bytesRead === 0) throw new Error(changed);
      done += bytesRead;
    }
    return file;
  } finally {
    closeSync(descriptor);
  }
}
