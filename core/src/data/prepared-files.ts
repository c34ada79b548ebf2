import { open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { IdganError, messageOf } from "../contract/error.js";
import { describeFrameFile, isFrameFile } from "./frame-file.js";

/** A prepared file in a folder for caches. */
export interface PreparedFile {
  readonly path: string;
  readonly bytes: number;
  /** When a run last opened or wrote it, milliseconds since 1970. */
  readonly used: number;
  /** `unfinished`: being written, or left by a process that was killed. `kept`: how far an unfinished one came. `other`: damaged, or of another version of idgan. */
  readonly state: "whole" | "unfinished" | "kept" | "other";
  readonly images?: number;
  /** What it was made of, where it says so. */
  readonly source?: string;
}

const wholeName = /^[0-9a-f]{32}\.frames$/;
const partName = /^[0-9a-f]{32}\.frames\.[\w-]+(\.kept(\.new)?)?$/;
const millisecondsOfDay = 86_400_000;

/** The prepared files in `folder`, the one that was used last first; nothing else that lies there. */
export async function listPrepared(folder: string): Promise<readonly PreparedFile[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw new IdganError("DATA_INVALID", `The folder ${folder} cannot be read: ${messageOf(error)}. Name the folder that prepared data is in.`, error);
  });
  const files = await Promise.all(names.map(async (name) => await look(join(folder, name), name)));
  return files.filter((file) => file !== undefined).sort((a, b) => b.used - a.used);
}

/** Deletes those that no run has used for `days` days, and returns them; what is unfinished goes after a day at the earliest, for it may be being written. */
export async function prunePrepared(folder: string, days: number, now = Date.now()): Promise<readonly PreparedFile[]> {
  const old = (await listPrepared(folder)).filter(({ used, state }) => now - used > Math.max(days, state === "unfinished" || state === "kept" ? 1 : 0) * millisecondsOfDay);
  for (const { path } of old) {
    await rm(path, { force: true }).catch((error: unknown) => {
      throw new IdganError("DATA_INVALID", `${path} cannot be deleted: ${messageOf(error)}. Check its rights.`, error);
    });
  }
  return old;
}

async function look(path: string, name: string): Promise<PreparedFile | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) return undefined;
  const known = { path, bytes: found.size, used: Math.max(found.atimeMs, found.mtimeMs) };
  const part = partName.exec(name);
  // What is still written has no reader yet, whatever looks at it.
  if (part !== null) return { ...known, used: found.mtimeMs, state: part[1] === undefined ? "unfinished" : "kept" };
  if (!wholeName.test(name)) return undefined;
  const handle = await open(path, "r").catch(() => undefined);
  try {
    if (handle === undefined || !(await isFrameFile(handle))) return undefined;
    const description = await describeFrameFile(handle);
    // To be looked at is not to be used.
    await handle.utimes(found.atime, found.mtime).catch(() => undefined);
    if (description === undefined) return { ...known, state: "other" };
    return { ...known, state: "whole", images: description.count, ...(description.source === undefined ? {} : { source: description.source }) };
  } finally {
    await handle?.close();
  }
}
