import { expectCodec } from "./compression.js";
import type { ChosenColumn } from "./schema.js";
import { ThriftReader } from "./thrift-reader.js";

/** The pictures of some rows: pages from `start` to `end` of the file. */
export interface RowGroup {
  readonly rows: number;
  readonly codec: number;
  readonly start: number;
  readonly end: number;
}

/** What a chunk of a column says of itself, as far as it matters here. */
interface Chunk {
  file: string | undefined;
  path: string[];
  type: number;
  codec: number;
  values: number;
  bytes: number;
  pages: number;
  dictionary: number;
}

const mostRows = 2 ** 31;
const byteArray = 6;
/** "PAR1". */
const magicBytes = 4;

/**
 * The row groups in a footer, whose pages must lie before `end`, where it begins. An `Error` says what cannot be: so many rows, or chunks
 * that lie elsewhere, on one another or on the footer. Thus what reading a file costs is bounded by how large it is.
 */
export function readRowGroups(footer: Uint8Array, column: ChosenColumn, end: number): readonly RowGroup[] {
  const reader = new ThriftReader(footer);
  const groups: RowGroup[] = [];
  reader.struct({ 4: () => reader.list(() => groups.push(readGroup(reader, column, end, groups.length))) });
  const rows = groups.reduce((sum, group) => sum + group.rows, 0);
  if (rows > Math.min(mostRows, end)) throw new Error(`it says that it has ${rows} rows, more than its ${end} bytes can hold`);
  if (groups.reduce((sum, group) => sum + group.end - group.start, 0) > end) throw new Error("its row groups lie on one another");
  return groups;
}

function readGroup(reader: ThriftReader, { path, column }: ChosenColumn, end: number, place: number): RowGroup {
  const wanted = JSON.stringify(path);
  const chunks: Chunk[] = [];
  let rows = -1;
  reader.struct({
    1: () =>
      reader.list(() => {
        const chunk = readChunk(reader);
        if (JSON.stringify(chunk.path) === wanted) chunks.push(chunk);
      }),
    3: () => (rows = reader.integer()),
  });
  try {
    const [chunk] = chunks;
    if (chunk === undefined) throw new Error(`it lacks the column ${column.name}`);
    return groupOf(chunk, rows, end);
  } catch (error) {
    throw new Error(`row group ${place}: ${(error as Error).message}`, { cause: error });
  }
}

function groupOf({ file, type, codec, values, bytes, pages, dictionary }: Chunk, rows: number, end: number): RowGroup {
  if (file !== undefined) throw new Error(`its column lies in another file, ${file}`);
  if (type !== byteArray) throw new Error("its column holds no bytes, though the schema says so");
  if (!(rows >= 0) || rows !== values) throw new Error(`it has ${rows} rows, and ${values} values`);
  expectCodec(codec);
  // Some writers say 0 where there is no dictionary.
  const start = dictionary > 0 && dictionary < pages ? dictionary : pages;
  if (!(start >= magicBytes && bytes >= 0 && start + bytes <= end)) throw new Error(`its pages lie from byte ${start} to ${start + bytes}, where there are ${magicBytes} to ${end}`);
  return { rows, codec, start, end: start + bytes };
}

function readChunk(reader: ThriftReader): Chunk {
  const chunk: Chunk = { file: undefined, path: [], type: -1, codec: -1, values: -1, bytes: -1, pages: -1, dictionary: -1 };
  reader.struct({
    1: () => (chunk.file = reader.text()),
    3: () =>
      reader.struct({
        1: () => (chunk.type = reader.integer()),
        3: () => reader.list(() => chunk.path.push(reader.text())),
        4: () => (chunk.codec = reader.integer()),
        5: () => (chunk.values = reader.integer()),
        7: () => (chunk.bytes = reader.integer()),
        9: () => (chunk.pages = reader.integer()),
        11: () => (chunk.dictionary = reader.integer()),
      }),
  });
  return chunk;
}
