// Parquet with a column of pictures: Hugging Face's `{ bytes, path }` (https://huggingface.co/docs/datasets/image_dataset), or bytes alone.
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { IdganError, messageOf, openSourceFile, type SourceFile } from "@idgan/core";
import { decompress } from "fzstd";
import { parquetMetadataAsync, parquetReadObjects, snappyUncompress, type AsyncBuffer, type Compressors, type FileMetaData } from "hyparquet";
import type { ImageSource, Item } from "./image-source.js";

export interface ParquetOptions {
  /** Column of pictures; `null` for the one that has them. */
  readonly column: string | null;
}

/** What one page may unpack to: the largest that writers make hold a row group of pictures. */
const mostPageBytes = 2 ** 29;
const mostMetadata = 2 ** 28;
const mostRows = 2 ** 31;
/** Rows read at a time, so that a row group need not be held as objects. */
const rowsAtATime = 256;

/** The pictures of a Parquet file. */
export async function openParquetImages(path: string, { column }: ParquetOptions): Promise<ImageSource> {
  const source = await openSourceFile(path);
  try {
    const file = bufferOf(source);
    const metadata = await readMetadata(source, file);
    const count = countOf(metadata, path);
    const chosen = chooseColumn(metadata, column, path);
    const pictures = only(chosen, metadata, path);
    return {
      path,
      format: `Parquet file, column ${chosen.name}${chosen.nested ? ".bytes" : ""}, ${count} rows in ${metadata.row_groups.length} row groups`,
      count,
      channels: 3,
      fingerprint: JSON.stringify([source.bytes, source.modified, chosen]),
      items: () => itemsOf(file, pictures, chosen, path),
      expectUnchanged: source.expectUnchanged,
      close: source.close,
    };
  } catch (error) {
    await source.close();
    throw error;
  }
}

interface Column {
  readonly name: string;
  /** A struct with `bytes`, as Hugging Face writes it. */
  readonly nested: boolean;
}

async function* itemsOf(file: AsyncBuffer, metadata: FileMetaData, column: Column, path: string): AsyncGenerator<Item> {
  let first = 0;
  for (const { num_rows: rows } of metadata.row_groups) {
    const last = first + Number(rows);
    for (; first < last; first += rowsAtATime) yield* rowsOf(file, metadata, column, first, Math.min(last, first + rowsAtATime), path);
    first = last;
  }
}

/** The pictures of rows that lie in one row group. */
async function* rowsOf(file: AsyncBuffer, metadata: FileMetaData, { name, nested }: Column, start: number, end: number, path: string): AsyncGenerator<Item> {
  const rows = await parquetReadObjects({ file, metadata, columns: [name], rowStart: start, rowEnd: end, utf8: false, compressors }).catch((error: unknown) => {
    throw damaged(path, error);
  });
  if (rows.length !== end - start) throw damaged(path, new Error(`${rows.length} rows where there should be ${end - start}`));
  for (const [i, row] of rows.entries()) {
    const cell: unknown = row[name];
    const bytes: unknown = nested ? (cell as { readonly bytes?: unknown } | null)?.bytes : cell;
    const item = `row ${start + i}`;
    if (bytes instanceof Uint8Array && bytes.length > 0) yield { name: item, picture: { kind: "encoded", bytes } };
    else yield { name: item, fault: nested ? "it holds no bytes, only the path of a picture or nothing" : "it holds no bytes" };
  }
}

/** By name, or the first of `image`, `img` and any other that holds bytes. */
function chooseColumn({ schema }: FileMetaData, wanted: string | null, path: string): Column {
  const found: Column[] = [];
  for (let at = 1; at < schema.length; at = after(schema, at)) {
    const element = schema[at];
    const inner = schema.slice(at + 1, after(schema, at)).find(({ name }) => name === "bytes");
    const nested = (element?.num_children ?? 0) > 0;
    if (element !== undefined && (nested ? inner?.type : element.type) === "BYTE_ARRAY" && (nested || element.converted_type !== "UTF8")) found.push({ name: element.name, nested });
  }
  const chosen = wanted === null ? (found.find(({ name }) => /^(image|img|pixel_values|picture)s?$/.test(name)) ?? found[0]) : found.find(({ name }) => name === wanted);
  if (chosen !== undefined) return chosen;
  const columns = schema.slice(1).map(({ name }) => name).join(", ");
  throw new IdganError("DATA_INVALID", `${path} has no column of pictures${wanted === null ? "" : ` called "${wanted}"`}: bytes, or a struct that holds them as "bytes". Its columns: ${columns}. Name one with the data's option \`column\`.`);
}

/**
 * The file as if it held that column alone, of a struct its bytes: nothing else is read. It also keeps to one the reads that hyparquet begins at once:
 * it would forget the others where one cannot be begun, and a failure of theirs would end the process.
 */
function only({ name, nested }: Column, metadata: FileMetaData, path: string): FileMetaData {
  const { schema } = metadata;
  const [root] = schema;
  let at = 1;
  while (at < schema.length && schema[at]?.name !== name) at = after(schema, at);
  const column = schema[at];
  const bytes = nested ? schema.slice(at + 1, after(schema, at)).find((element) => element.name === "bytes") : undefined;
  const wanted = JSON.stringify(nested ? [name, "bytes"] : [name]);
  const groups = metadata.row_groups.map((group) => ({ ...group, columns: group.columns.filter(({ meta_data: chunk }) => JSON.stringify(chunk?.path_in_schema) === wanted) }));
  if (root === undefined || column === undefined || groups.some(({ columns }) => columns.length !== 1)) {
    throw damaged(path, new Error(`its row groups do not hold the column ${name} as its schema says`));
  }
  const elements = [{ ...root, num_children: 1 }, ...(bytes === undefined ? [column] : [{ ...column, num_children: 1 }, bytes])];
  return { ...metadata, schema: elements, row_groups: groups };
}

/** The element of the schema after this one and all that it holds. */
function after(schema: FileMetaData["schema"], at: number): number {
  let next = at + 1;
  for (let left = schema[at]?.num_children ?? 0; left > 0 && next < schema.length; left -= 1) next = after(schema, next);
  return next;
}

async function readMetadata(source: SourceFile, file: AsyncBuffer): Promise<FileMetaData> {
  const tail = source.bytes < 12 ? Buffer.alloc(8) : await source.read(source.bytes - 8, 8);
  const length = tail.readUInt32LE(0);
  if (tail.toString("latin1", 4) !== "PAR1" || length + 12 > source.bytes || length > mostMetadata) {
    throw new IdganError("DATA_INVALID", `${source.path} is no Parquet file, or is truncated: its end is not that of one. Fetch it again.`);
  }
  return await parquetMetadataAsync(file).catch((error: unknown) => {
    throw damaged(source.path, error);
  });
}

function countOf({ row_groups: groups }: FileMetaData, path: string): number {
  const rows = groups.reduce((sum, group) => sum + Number(group.num_rows), 0);
  if (rows >= 1 && rows <= mostRows && groups.every((group) => Number(group.num_rows) >= 0)) return rows;
  throw new IdganError("DATA_INVALID", `${path} holds ${rows} rows, and no pictures. Check that it is the right file.`);
}

function bufferOf(source: SourceFile): AsyncBuffer {
  return {
    byteLength: source.bytes,
    async slice(start, end = source.bytes) {
      const from = start < 0 ? source.bytes + start : start;
      const bytes = await source.read(from, end - from);
      return new Uint8Array(bytes).buffer;
    },
  };
}

function bounded(unpack: (input: Uint8Array, length: number) => Uint8Array): (input: Uint8Array, length: number) => Uint8Array {
  return (input, length) => {
    if (!(length >= 0 && length <= mostPageBytes)) throw new Error(`a page of ${length} bytes`);
    return unpack(input, length);
  };
}

const compressors: Compressors = {
  SNAPPY: bounded((input, length) => {
    const output = new Uint8Array(length);
    snappyUncompress(input, output);
    return output;
  }),
  GZIP: bounded((input, length) => gunzipSync(input, { maxOutputLength: Math.max(1, length) })),
  BROTLI: bounded((input, length) => brotliDecompressSync(input, { maxOutputLength: Math.max(1, length) })),
  ZSTD: bounded((input, length) => decompress(input, new Uint8Array(length))),
};

function damaged(path: string, error: unknown): IdganError {
  if (error instanceof IdganError) return error;
  return new IdganError("DATA_INVALID", `${path} cannot be read as a Parquet file: ${messageOf(error).slice(0, 160)}. Fetch it again, or write it with another compression.`, error);
}
