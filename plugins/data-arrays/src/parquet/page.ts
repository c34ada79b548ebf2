// Pages: https://parquet.apache.org/docs/file-format/data-pages/, https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift (PageHeader)
import type { SourceFile } from "@idgan/core";
import { unpack } from "./compression.js";
import { Dictionary, valuesOf } from "./encoding.js";
import { readRuns } from "./run-lengths.js";
import { ThriftReader } from "./thrift-reader.js";

export interface PageHeader {
  /** Where the page's body begins, and its packed bytes. */
  readonly at: number;
  readonly packed: number;
  readonly unpacked: number;
  readonly content: Content | undefined;
}

/** What a page holds; an index is nothing to us. */
type Content =
  | { readonly kind: "dictionary"; readonly count: number; readonly encoding: number }
  /** The second kind has its levels before what is packed, so many bytes; the first, within. */
  | { readonly kind: "values"; readonly count: number; readonly encoding: number; readonly levels: Levels };

type Levels = { readonly kind: "within"; readonly encoding: number } | { readonly kind: "before"; readonly repetitionBytes: number; readonly definitionBytes: number; readonly packed: boolean };

/** How a column's pages are to be read. */
export interface PageOptions {
  readonly codec: number;
  /** The definition level of a value; one below it is null. */
  readonly depth: number;
}

/** Bytes that are tried for a header: what it takes, and what it takes where it repeats long values as statistics. */
const windows = [2 ** 12, 2 ** 20] as const;
const runLengths = 3;
const plain = 0;
const oldDictionary = 2;

/** The header at `start`, of a page that ends by `end`. Anything else is an `Error` that says why. */
export async function readHeader(source: SourceFile, start: number, end: number): Promise<PageHeader> {
  let fault: unknown;
  for (const window of windows) {
    const bytes = await source.read(start, Math.min(window, end - start));
    try {
      return headerOf(bytes, start, end);
    } catch (error) {
      fault = error;
      if (bytes.length < window) break;
    }
  }
  throw fault;
}

function headerOf(bytes: Uint8Array, start: number, end: number): PageHeader {
  const reader = new ThriftReader(bytes);
  let [kind, unpacked, packed] = [-1, -1, -1];
  let [count, encoding, levelEncoding] = [-1, -1, runLengths];
  let [repetitionBytes, definitionBytes, isPacked] = [0, 0, true];
  reader.struct({
    1: () => (kind = reader.integer()),
    2: () => (unpacked = reader.integer()),
    3: () => (packed = reader.integer()),
    5: () => reader.struct({ 1: () => (count = reader.integer()), 2: () => (encoding = reader.integer()), 3: () => (levelEncoding = reader.integer()) }),
    7: () => reader.struct({ 1: () => (count = reader.integer()), 2: () => (encoding = reader.integer()) }),
    8: () =>
      reader.struct({
        1: () => (count = reader.integer()),
        4: () => (encoding = reader.integer()),
        5: () => (definitionBytes = reader.integer()),
        6: () => (repetitionBytes = reader.integer()),
        7: () => (isPacked = reader.boolean()),
      }),
  });
  const at = start + reader.at;
  if (!(packed >= 0 && packed <= end - at)) throw new Error(`it has ${packed} bytes, and ${end - at} are left in its chunk`);
  const page = { at, packed, unpacked };
  if (kind === 1) return { ...page, content: undefined };
  if (count < 0) throw new Error(`it says that it holds ${count} values`);
  if (kind === 2) return { ...page, content: { kind: "dictionary", count, encoding } };
  if (kind === 0) return { ...page, content: { kind: "values", count, encoding, levels: { kind: "within", encoding: levelEncoding } } };
  if (kind !== 3) throw new Error(`it is of the unknown kind ${kind}`);
  if (repetitionBytes < 0 || definitionBytes < 0 || repetitionBytes + definitionBytes > packed) throw new Error(`its levels take ${definitionBytes} of its ${packed} bytes`);
  return { ...page, content: { kind: "values", count, encoding, levels: { kind: "before", repetitionBytes, definitionBytes, packed: isPacked } } };
}

/** The dictionary in a page that has one, of at most `most` values. */
export function readDictionary(body: Uint8Array, { unpacked, content }: PageHeader, { codec }: PageOptions, most: number): Dictionary {
  const { count, encoding } = content as Extract<Content, { kind: "dictionary" }>;
  if (count > most) throw new Error(`its dictionary has ${count} values for ${most} rows`);
  if (encoding !== plain && encoding !== oldDictionary) throw new Error(`its dictionary has encoding ${encoding}`);
  return new Dictionary(unpack(codec, body, unpacked), count);
}

/** The values of a page, `null` where there is none, in order. */
export function* readValues(body: Uint8Array, { unpacked, content }: PageHeader, { codec, depth }: PageOptions, dictionary: Dictionary | undefined): Generator<Uint8Array | null> {
  const { count, encoding, levels } = content as Extract<Content, { kind: "values" }>;
  let present: Uint32Array | undefined;
  let bytes: Uint8Array;
  if (levels.kind === "within") {
    bytes = unpack(codec, body, unpacked);
    if (depth > 0) {
      if (levels.encoding !== runLengths) throw new Error(`its levels have encoding ${levels.encoding}`);
      const length = bytes.length < 4 ? Number.POSITIVE_INFINITY : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
      if (length > bytes.length - 4) throw new Error("its levels are cut off");
      present = readRuns(bytes.subarray(4, 4 + length), bitsOf(depth), count);
      bytes = bytes.subarray(4 + length);
    }
  } else {
    const { repetitionBytes, definitionBytes, packed } = levels;
    const before = repetitionBytes + definitionBytes;
    if (depth > 0) present = readRuns(body.subarray(repetitionBytes, before), bitsOf(depth), count);
    bytes = packed ? unpack(codec, body.subarray(before), unpacked - before) : body.subarray(before);
  }
  if (present === undefined) {
    yield* valuesOf(encoding, bytes, count, dictionary);
    return;
  }
  const values = valuesOf(encoding, bytes, present.reduce((sum, level) => sum + (level === depth ? 1 : 0), 0), dictionary);
  for (const level of present) yield level === depth ? (values.next().value as Uint8Array) : null;
}

/** Bits that a number up to `most` takes. */
function bitsOf(most: number): number {
  return 32 - Math.clz32(most);
}
