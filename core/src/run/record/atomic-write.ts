import * as fs from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** What of `node:fs/promises` a write uses; a test hands in one that fails. */
export type Files = Pick<typeof fs, "open" | "rename" | "rm">;

/** Ends the name of a file that is not whole yet. */
const unfinished = ".tmp";

let written = 0;

/**
 * Writes a file that is either there whole or not at all: temporary name, fsync, rename, fsync of the folder.
 * When it throws, a file that stood under the name before is untouched, and the temporary one is gone.
 */
export async function writeAtomically(path: string, parts: Iterable<Uint8Array | string>, files: Files = fs): Promise<void> {
  written += 1;
  const temporary = join(dirname(path), `${basename(path)}.${process.pid}-${written}${unfinished}`);
  try {
    const handle = await files.open(temporary, "wx");
    try {
      for (const part of parts) await writeAll(handle, typeof part === "string" ? Buffer.from(part) : part);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await files.rename(temporary, path);
    await syncFolder(dirname(path), files);
  } catch (thrown) {
    await files.rm(temporary, { force: true }).catch(() => undefined);
    throw thrown;
  }
}

/** Writes all of `bytes`, from `position` or where the file stands: one call of the system writes at most 2 GiB, and may write less. */
export async function writeAll(handle: FileHandle, bytes: Uint8Array, position?: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const at = position === undefined ? null : position + done;
    done += (await handle.write(bytes, done, Math.min(2 ** 30, bytes.length - done), at)).bytesWritten;
  }
}

/** Makes the rename itself survive a power cut. Windows and some network file systems cannot, and need not. */
async function syncFolder(folder: string, files: Files): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await files.open(folder, "r");
  try {
    await handle.sync();
  } catch (thrown) {
    if (!["EINVAL", "ENOTSUP"].includes(errnoOf(thrown) ?? "")) throw thrown;
  } finally {
    await handle.close();
  }
}

/** Removes what a killed process left half written in `folder`; only for who holds the run's lock. */
export async function removeUnfinished(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) {
    if (isUnfinished(name)) await fs.rm(join(folder, name), { force: true });
  }
}

export function isUnfinished(name: string): boolean {
  return name.endsWith(unfinished);
}

/** Names in a folder, sorted; none when there is no such folder. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await fs.readdir(folder)).sort();
  } catch (thrown) {
    if (errnoOf(thrown) === "ENOENT") return [];
    throw thrown;
  }
}

/** `ENOSPC` and its kin, where the failure came from the system. */
export function errnoOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && "code" in thrown && typeof thrown.code === "string" ? thrown.code : undefined;
}
