import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { IdganError, messageOf, openSourceFile } from "@idgan/core";
import { isIdx, openIdxImages } from "./idx-file.js";
import type { ImageSource } from "./image-source.js";
import { openNumpyImages, type NumpyOptions } from "./numpy-file.js";
import { openParquetImages, type ParquetOptions } from "./parquet/parquet-file.js";
import { openTfrecordImages } from "./tfrecord-file.js";

export interface SourceOptions extends NumpyOptions, ParquetOptions {}

type Kind = "numpy" | "idx" | "parquet" | "tfrecord";

const named: readonly (readonly [pattern: RegExp, kind: Kind])[] = [
  [/\.np[yz]$/i, "numpy"],
  [/(\.idx|[-.]idx\d(-ubyte)?)(\.gz)?$/i, "idx"],
  [/\.parquet$/i, "parquet"],
  [/\.tfrecords?(\.gz)?$|tfrecord-\d+-of-\d+$/i, "tfrecord"],
];

/** Labels, as MNIST's family and those who save it as arrays name them; in a folder they lie beside the images. */
const labels = /[-.]idx1(-ubyte)?(\.gz)?$|(^|[-_.])labels?\.npy$/i;

/** What a file of this name is taken for, unless its first bytes say otherwise. */
export function kindByName(path: string): Kind | undefined {
  return named.find(([pattern]) => pattern.test(path))?.[1];
}

/** The files that `path` means: itself, or the readable ones in the folder that it is, in the order of their names. */
export async function filesOf(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch((error: unknown) => {
    throw new IdganError("DATA_NOT_FOUND", `There is nothing at ${path}: ${messageOf(error)}. Set \`path\` to a file, or a folder of them.`, error);
  });
  if (!found.isDirectory()) return [path];
  const names = (await readdir(path).catch((error: unknown) => {
    throw new IdganError("DATA_INVALID", `The folder ${path} cannot be read: ${messageOf(error)}.`, error);
  })).filter(isShard);
  if (names.length > 0) return names.sort().map((name) => join(path, name));
  throw new IdganError("DATA_INVALID", `No npy, npz, idx, Parquet or TFRecord file is in ${path}. Set \`path\` to a file, or to the folder that they are in.`);
}

/** Opens one file by its first bytes, or where they say nothing by its name. */
export async function openSource(path: string, options: SourceOptions): Promise<ImageSource> {
  const kind = (await kindByStart(path)) ?? kindByName(path);
  if (kind === "numpy") return await openNumpyImages(path, options);
  if (kind === "parquet") return await openParquetImages(path, options);
  if (kind === "idx") return await openIdxImages(path, options);
  if (kind === "tfrecord") return await openTfrecordImages(path);
  throw new IdganError("DATA_INVALID", `${path} is neither npy, npz, idx, Parquet nor TFRecord, by its first bytes and its name. Check that it is the right file.`);
}

/** Whether there is something at `path` that `openSource` or `filesOf` would try. */
export async function isReadable(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return false;
  if (found.isDirectory()) return (await readdir(path).catch(() => [])).some(isShard);
  return found.isFile() && (kindByName(path) ?? (await kindByStart(path))) !== undefined;
}

/** Whether a file of a folder is one of its files of images. */
function isShard(name: string): boolean {
  return !name.startsWith(".") && kindByName(name) !== undefined && !labels.test(name);
}

async function kindByStart(path: string): Promise<Kind | undefined> {
  const source = await openSourceFile(path);
  try {
    const bytes = await source.read(0, Math.min(source.bytes, 6));
    const start = bytes.toString("latin1");
    if (start.startsWith("PK\x03\x04") || start === "\x93NUMPY") return "numpy";
    if (start.startsWith("PAR1")) return "parquet";
    return isIdx(bytes) ? "idx" : undefined;
  } finally {
    await source.close();
  }
}
