import type { Factor } from "@idgan/core";
import type { Range } from "./levels.js";

/** A picture as its file has it: numbers that are levels 0 … 255 by now, or the bytes of a PNG, JPEG or WebP. */
export type Picture =
  | { readonly kind: "levels"; readonly width: number; readonly height: number; readonly channels: 1 | 3; readonly data: Uint8Array }
  | { readonly kind: "encoded"; readonly bytes: Uint8Array };

/** What is wrong with something that is left out for it. */
export interface Fault {
  readonly fault: string;
}

/** A picture and what to call it, or what is wrong with it. */
export type Item = { readonly name: string } & ({ readonly picture: Picture } | Fault);

/** Factor values of all images of a source, row by row. */
export interface KnownFactors {
  readonly factors: readonly Factor[];
  readonly values: Int32Array;
}

/** The pictures of one file, in order. */
export interface ImageSource {
  /** What it is, for people: `.npz archive, array imgs [737280, 64, 64] of u1`. */
  readonly format: string;
  readonly path: string;
  /** How many there are at most; some may be broken. */
  readonly count: number;
  /** Channels that suit its pictures. */
  readonly channels: 1 | 3;
  /** Size and time of the file, and whatever else decides what is read of it. */
  readonly fingerprint: string;
  /** What is black and what is white in a file of numbers. */
  readonly range?: Range;
  items(): AsyncGenerator<Item>;
  factors?(): Promise<KnownFactors | Fault>;
  /** Throws `DATA_INVALID` where the file is no longer what it was. */
  expectUnchanged(): Promise<void>;
  close(): Promise<void>;
}
