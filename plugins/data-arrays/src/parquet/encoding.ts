// How a page has its values, which are bytes: https://parquet.apache.org/docs/file-format/data-pages/encodings/
import { readDeltaLengths } from "./delta-lengths.js";
import { readRuns } from "./run-lengths.js";

/** The values that other pages name by their numbers. */
export class Dictionary {
  readonly #bytes: Uint8Array;
  /** Where each value begins; the last one is where they end. */
  readonly #starts: Uint32Array;

  constructor(bytes: Uint8Array, count: number) {
    this.#bytes = bytes;
    this.#starts = new Uint32Array(count + 1);
    let end = 0;
    for (let i = 0; i < count; i += 1) {
      this.#starts[i] = end;
      end += 4 + plainLength(bytes, end);
    }
    this.#starts[count] = end;
  }

  value(place: number): Uint8Array {
    const [start, end] = [this.#starts[place], this.#starts[place + 1]];
    if (start === undefined || end === undefined) throw new Error(`it names value ${place} of a dictionary of ${this.#starts.length - 1}`);
    return this.#bytes.subarray(start + 4, end);
  }
}

type Reader = (bytes: Uint8Array, count: number, dictionary: Dictionary | undefined) => Generator<Uint8Array>;

/** By their numbers in the format. */
const readers: Readonly<Record<number, Reader>> = { 0: plain, 2: named, 6: deltaLengths, 7: deltaStrings, 8: named };

/** `count` values of a page; an `Error` says why there are none, or no more. */
export function valuesOf(encoding: number, bytes: Uint8Array, count: number, dictionary: Dictionary | undefined): Generator<Uint8Array> {
  const reader = readers[encoding];
  if (reader === undefined) throw new Error(`its values have encoding ${encoding}, which is none of bytes`);
  return reader(bytes, count, dictionary);
}

/** Each after its length. */
function* plain(bytes: Uint8Array, count: number): Generator<Uint8Array> {
  for (let i = 0, at = 0; i < count; i += 1) {
    const length = plainLength(bytes, at);
    yield bytes.subarray(at + 4, at + 4 + length);
    at += 4 + length;
  }
}

function* named(bytes: Uint8Array, count: number, dictionary: Dictionary | undefined): Generator<Uint8Array> {
  if (dictionary === undefined) throw new Error("it names values of a dictionary that is not there");
  const [width = 0] = bytes;
  for (const place of readRuns(bytes.subarray(1), width, count)) yield dictionary.value(place);
}

/** All lengths, then all bytes. */
function* deltaLengths(bytes: Uint8Array, count: number): Generator<Uint8Array> {
  const { lengths, taken } = readDeltaLengths(bytes, count);
  let at = taken;
  for (const length of lengths) {
    yield within(bytes, at, length);
    at += length;
  }
}

/** What each has in common with the one before it, and then its own end. */
function* deltaStrings(bytes: Uint8Array, count: number): Generator<Uint8Array> {
  const { lengths: shared, taken } = readDeltaLengths(bytes, count);
  let last = new Uint8Array();
  let place = 0;
  for (const end of deltaLengths(bytes.subarray(taken), count)) {
    const kept = shared[place] as number;
    if (kept > last.length) throw new Error(`it has a value that shares ${kept} bytes with one of ${last.length}`);
    const value = new Uint8Array(kept + end.length);
    value.set(last.subarray(0, kept));
    value.set(end, kept);
    yield value;
    last = value;
    place += 1;
  }
}

/** The length of the value at `at`, which lies in `bytes`. */
function plainLength(bytes: Uint8Array, at: number): number {
  const head = within(bytes, at, 4);
  const length = ((head[0] as number) | ((head[1] as number) << 8) | ((head[2] as number) << 16) | ((head[3] as number) << 24)) >>> 0;
  return within(bytes, at + 4, length).length;
}

function within(bytes: Uint8Array, at: number, length: number): Uint8Array {
  if (length > bytes.length - at) throw new Error(`it has a value of ${length} bytes, and ${Math.max(0, bytes.length - at)} are left`);
  return bytes.subarray(at, at + length);
}
