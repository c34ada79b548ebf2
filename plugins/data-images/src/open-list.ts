import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { IdganError, messageOf } from "@idgan/core";
import { listTars, listZip } from "./archive-list.js";
import { listFolder } from "./folder-list.js";
import type { PictureList } from "./picture-place.js";

/** Shards that one pattern may mean. */
const mostShards = 100_000;

/**
 * The pictures of a folder, a zip archive, a tar archive, or the WebDataset shards that a pattern means (`{000..009}`, `*`, `?`).
 * `option` is what messages call whatever said the path.
 */
export async function openList(path: string, option = "`folder`"): Promise<PictureList> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return await listFolder(path);
  if (/\.zip$/i.test(path)) return await listZip(await existing(path, option));
  if (/\.tar$/i.test(path)) return await listTars(found === undefined ? await shardsOf(path, option) : [path]);
  if (found === undefined) return await listFolder(await existing(path, option));
  const packed = /\.(tar\.\w+|t[gx]z)$/i.test(path) ? " A packed tar archive cannot be read from the middle: unpack it to .tar first." : "";
  throw new IdganError("DATA_INVALID", `${path} is no folder, .zip or .tar.${packed} Set ${option} to where the pictures are.`);
}

async function existing(path: string, option: string): Promise<string> {
  await stat(path).catch((error: unknown) => {
    throw new IdganError("DATA_NOT_FOUND", `There is nothing at ${path}: ${messageOf(error)}. Set ${option} to a folder, .zip or .tar of pictures.`, error);
  });
  return path;
}

/** The shards that `pattern` means, in order; a wildcard stands only in the file's name. */
async function shardsOf(pattern: string, option: string): Promise<readonly string[]> {
  const shards: string[] = [];
  for (const each of numbered(pattern)) {
    if (/[*?]/.test(basename(each))) shards.push(...(await matching(each)));
    else shards.push(await existing(each, option));
  }
  if (shards.length === 0) throw new IdganError("DATA_NOT_FOUND", `No file is named like ${pattern}. Set ${option} to the shards, such as shard-{000..009}.tar or shard-*.tar.`);
  return shards;
}

/** `a-{08..10}.tar` as a-08.tar, a-09.tar, a-10.tar. */
function numbered(pattern: string): readonly string[] {
  const found = /\{(\d+)\.\.(\d+)\}/.exec(pattern);
  if (found === null) return [pattern];
  const [range, from = "", to = ""] = found;
  const count = Number(to) - Number(from) + 1;
  if (!(count >= 1 && count <= mostShards)) throw new IdganError("DATA_INVALID", `${pattern}: ${range} is no range of 1 to ${mostShards} shards. Write the lower number first.`);
  return Array.from({ length: count }, (_, i) => pattern.replace(range, String(Number(from) + i).padStart(from.length, "0"))).flatMap(numbered);
}

async function matching(pattern: string): Promise<readonly string[]> {
  const folder = dirname(pattern);
  const names = await readdir(folder).catch((error: unknown) => {
    throw new IdganError("DATA_NOT_FOUND", `The folder ${folder} cannot be read: ${messageOf(error)}. Check the path.`, error);
  });
  return names.filter((name) => isLike(name, basename(pattern))).sort().map((name) => join(folder, name));
}

/** Whether `name` fits `pattern`, in which `*` is any text and `?` any character; without backtracking over more than the last `*`. */
function isLike(name: string, pattern: string): boolean {
  let [at, place, star, resumed] = [0, 0, -1, 0];
  while (at < name.length) {
    if (pattern[place] === "*") {
      [star, resumed] = [place, at];
      place += 1;
    } else if (place < pattern.length && (pattern[place] === "?" || pattern[place] === name[at])) {
      at += 1;
      place += 1;
    } else if (star >= 0) {
      resumed += 1;
      [at, place] = [resumed, star + 1];
    } else {
      return false;
    }
  }
  return /^\**$/.test(pattern.slice(place));
}
