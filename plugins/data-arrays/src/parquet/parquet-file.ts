// Parquet with a column of pictures: Hugging Face's `{ bytes, path }` (https://huggingface.co/docs/datasets/image_dataset), or bytes alone.
// https://parquet.apache.org/docs/file-format/. That column alone is read, page by page, and nothing of what the file says is believed before it is
// checked against the file: libraries that read tables unpack a whole row group at a time, and go on for hours where a damaged file says so.
import { IdganError, messageOf, openSourceFile, type SourceFile } from "@idgan/core";
import type { ImageSource, Item } from "../image-source.js";
import { readColumn } from "./column-reader.js";
import { readRowGroups, type RowGroup } from "./row-group.js";
import { chooseColumn, columnNames, readSchema, type ChosenColumn, type Element } from "./schema.js";

export interface ParquetOptions {
  /** Column of pictures; `null` for the one that has them. */
  readonly column: string | null;
}

const mostFooter = 2 ** 26;
/** Length of the footer, and "PAR1". */
const tailBytes = 8;

/** The pictures of a Parquet file. */
export async function openParquetImages(path: string, { column: wanted }: ParquetOptions): Promise<ImageSource> {
  const source = await openSourceFile(path);
  try {
    const footer = await readFooter(source);
    const schema = checked(path, () => readSchema(footer));
    const chosen = chooseColumn(schema, wanted) ?? refuseColumns(schema, wanted, path);
    const groups = checked(path, () => readRowGroups(footer, chosen, source.bytes - tailBytes - footer.length));
    const count = groups.reduce((sum, { rows }) => sum + rows, 0);
    if (count === 0) throw new IdganError("DATA_INVALID", `${path} holds no rows, and no pictures. Check that it is the right file.`);
    const { column } = chosen;
    return {
      path,
      format: `Parquet file, column ${column.name}${column.nested ? ".bytes" : ""}, ${count} rows in ${groups.length} row groups`,
      count,
      channels: 3,
      fingerprint: JSON.stringify([source.bytes, source.modified, column]),
      items: () => itemsOf(source, groups, chosen),
      expectUnchanged: source.expectUnchanged,
      close: source.close,
    };
  } catch (error) {
    await source.close();
    throw error;
  }
}

async function* itemsOf(source: SourceFile, groups: readonly RowGroup[], { column, depth }: ChosenColumn): AsyncGenerator<Item> {
  let row = 0;
  for (const [place, group] of groups.entries()) {
    try {
      for await (const bytes of readColumn(source, group, depth)) {
        const name = `row ${row}`;
        row += 1;
        if (bytes !== null && bytes.length > 0) yield { name, picture: { kind: "encoded", bytes } };
        else yield { name, fault: column.nested ? "it holds no bytes, only the path of a picture or nothing" : "it holds no bytes" };
      }
    } catch (error) {
      throw damaged(source.path, error, `row group ${place}, `);
    }
  }
}

async function readFooter(source: SourceFile): Promise<Buffer> {
  const tail = source.bytes < 4 + tailBytes ? Buffer.alloc(tailBytes) : await source.read(source.bytes - tailBytes, tailBytes);
  const [length, magic] = [tail.readUInt32LE(0), tail.toString("latin1", 4)];
  if (magic === "PARE") throw new IdganError("DATA_INVALID", `${source.path} is an encrypted Parquet file. Write it again without encryption.`);
  if (magic !== "PAR1" || length + 4 + tailBytes > source.bytes) {
    throw new IdganError("DATA_INVALID", `${source.path} is no Parquet file, or is truncated: its end is not that of one. Fetch it again.`);
  }
  if (length > mostFooter) throw new IdganError("DATA_INVALID", `${source.path} has a footer of ${length} bytes, more than ${mostFooter}. Write it again with larger row groups, or as several files.`);
  return await source.read(source.bytes - tailBytes - length, length);
}

function refuseColumns(schema: readonly Element[], wanted: string | null, path: string): never {
  throw new IdganError(
    "DATA_INVALID",
    `${path} has no column of pictures${wanted === null ? "" : ` called "${wanted}"`}: bytes, or a struct that holds them as "bytes". Its columns: ${columnNames(schema).slice(0, 50).join(", ")}. Name one with the data's option \`column\`.`,
  );
}

function checked<Result>(path: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw damaged(path, error);
  }
}

function damaged(path: string, error: unknown, where = ""): IdganError {
  if (error instanceof IdganError) return error;
  return new IdganError("DATA_INVALID", `${path} cannot be read as a Parquet file: ${where}${messageOf(error).slice(0, 240)}. Fetch it again, or write it anew with pyarrow's defaults.`, error);
}
