import type { TarEntry, ZipEntry } from "@idgan/core";
import type { Box } from "./box.js";

/** Where a picture lies; plain data, which can be sent to a worker thread. */
export interface PicturePlace {
  /** From the folder or in the archive, with `/` on every system. */
  readonly name: string;
  /** The file, or the archive that it is in. */
  readonly path: string;
  /** Of the file or archive when it was listed; 0 where it cannot be reached. */
  readonly bytes: number;
  readonly modified: number;
  readonly entry?: ZipEntry | TarEntry;
  readonly box?: Box;
  /** Why it is not even tried. */
  readonly fault?: string;
}

export interface PictureList {
  readonly places: readonly PicturePlace[];
  /** Files of other kinds. */
  readonly others: number;
  /** What else to say of the list; a sentence each. */
  readonly notes: readonly string[];
}

const extensions = /\.(png|jpe?g|webp)$/i;

/** By its name. */
export function isPicture(name: string): boolean {
  return extensions.test(name);
}
