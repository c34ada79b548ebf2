import { IdganError, messageOf, type SourceFile } from "@idgan/core";
import type { Dictionary } from "./encoding.js";
import { readDictionary, readHeader, readValues } from "./page.js";
import type { RowGroup } from "./row-group.js";

/** Values of a page; more would take memory before there is a single one. */
const mostValues = 2 ** 24;

/**
 * The pictures of a row group, `null` where a row has none. One page is in memory, and the dictionary: a group of any size can be read.
 * An `Error` says what is wrong with which page.
 */
export async function* readColumn(source: SourceFile, { rows, codec, start, end }: RowGroup, depth: number): AsyncGenerator<Uint8Array | null> {
  let dictionary: Dictionary | undefined;
  let left = rows;
  for (let at = start; left > 0; ) {
    if (at >= end) throw new Error(`its pages hold ${rows - left} of its ${rows} rows`);
    try {
      const header = await readHeader(source, at, end);
      const { content } = header;
      const count = content?.count ?? 0;
      if (content !== undefined && count > 0) {
        if (count > Math.min(left, mostValues)) throw new Error(`it holds ${count} values, and ${left} rows are left${left > mostValues ? `; ${mostValues} is the most` : ""}`);
        const body = await source.read(header.at, header.packed);
        if (content.kind === "dictionary") {
          dictionary = readDictionary(body, header, { codec, depth }, rows);
        } else {
          yield* readValues(body, header, { codec, depth }, dictionary);
          left -= count;
        }
      }
      at = header.at + header.packed;
    } catch (error) {
      if (error instanceof IdganError) throw error;
      throw new Error(`the page at byte ${at}: ${messageOf(error)}`, { cause: error });
    }
  }
}
