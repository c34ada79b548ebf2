import { basename } from "node:path";
import { openSourceFile, readTar, readZip, type SourceFile, type TarEntry, type ZipEntry } from "@idgan/core";
import { isPicture, type PictureList, type PicturePlace } from "./picture-place.js";

const unsafe = /^([/\\]|[a-z]:)|(^|[/\\])\.\.([/\\]|$)/i;
/** Names that begin with a dot, or lie in what macOS adds to its archives. */
const hidden = /(^|\/)(\.(?!\.?\/)|__MACOSX\/)/;

/** The pictures of a zip archive, in the order of their names. */
export async function listZip(path: string): Promise<PictureList> {
  return await listing(path, async (source) => {
    const { entries, unreadable } = await readZip(source);
    const sorted = [...entries].sort((a, b) => (a.name < b.name ? -1 : 1));
    return {
      ...placesOf(source, sorted, ""),
      notes: unreadable > 0 ? [`${unreadable} entries of ${basename(path)} are encrypted, or packed by a method other than deflate, and were left out.`] : [],
    };
  });
}

/** The pictures of WebDataset shards, shard after shard, each in the order of its entries; of a tar archive, if there is one. */
export async function listTars(paths: readonly string[]): Promise<PictureList> {
  const lists: PictureList[] = [];
  for (const path of paths) {
    lists.push(await listing(path, async (source) => {
      const { entries, others, damage } = await readTar(source);
      const { places, others: rest } = placesOf(source, entries, paths.length > 1 ? `${basename(path)}/` : "");
      const broken = damage === undefined ? [] : [{ name: `${basename(path)} (the rest of it)`, path, bytes: source.bytes, modified: source.modified, fault: damage }];
      return { places: [...places, ...broken], others: others + rest, notes: [] };
    }));
  }
  return { places: lists.flatMap(({ places }) => places), others: lists.reduce((sum, { others }) => sum + others, 0), notes: lists.flatMap(({ notes }) => notes) };
}

async function listing(path: string, list: (source: SourceFile) => Promise<PictureList>): Promise<PictureList> {
  const source = await openSourceFile(path);
  try {
    return await list(source);
  } finally {
    await source.close();
  }
}

function placesOf({ path, bytes, modified }: SourceFile, entries: readonly (ZipEntry | TarEntry)[], prefix: string): Pick<PictureList, "places" | "others"> {
  const named = entries.map((entry) => ({ ...entry, name: entry.name.replace(/^(\.\/)+/, "") }));
  const places = named.filter(({ name }) => isPicture(name) && !hidden.test(name)).map((entry): PicturePlace => ({
    name: prefix + entry.name,
    path,
    bytes,
    modified,
    entry,
    ...(unsafe.test(entry.name) ? { fault: "its name leads out of the archive" } : {}),
  }));
  return { places, others: entries.length - places.length };
}
