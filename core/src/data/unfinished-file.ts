import { open, readdir, readFile, rename, rm, writeFile, type FileHandle } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";

/** A file on its way to its name: written beside it under another, which says by whom. */
export interface UnfinishedFile {
  readonly path: string;
  readonly handle: FileHandle;
  /** Bytes that an earlier attempt left, and what it said of them. */
  readonly kept: { readonly end: number; readonly extra: unknown } | undefined;
  /** Makes the first `end` bytes survive the end of the process; `extra` is handed to whoever goes on. */
  keep(end: number, extra: unknown): Promise<void>;
  /** Empties it, of what was kept too. */
  restart(): Promise<void>;
  /** Renames it to what it was written for. */
  finish(): Promise<void>;
  /** Deletes it. */
  abandon(): Promise<void>;
}

const suffix = ".kept";
/** Files that this thread has begun. */
let begun = 0;
/** When this process started: a file of its number that is older is one of an earlier process, as in a container that was started again. */
const started = Date.now() - process.uptime() * 1000;
const digitsOfTime = 8;

/** Goes on with what a process of this machine that is no more left of the file for `path`, or begins anew. */
export async function openUnfinished(path: string): Promise<UnfinishedFile> {
  begun += 1;
  const own = `${path}.${machine()}-${process.pid}-${Date.now().toString(36).padStart(digitsOfTime, "0")}${begun.toString(36)}`;
  for (const left of await leftOf(path)) {
    const adopted = await adopt(left, own).catch(() => undefined);
    if (adopted !== undefined) return unfinishedOf(path, own, adopted.handle, adopted.kept);
  }
  return unfinishedOf(path, own, await open(own, "wx"), undefined);
}

function unfinishedOf(target: string, path: string, handle: FileHandle, kept: UnfinishedFile["kept"]): UnfinishedFile {
  return {
    path,
    handle,
    kept,
    async keep(end, extra) {
      await handle.datasync();
      await writeFile(`${path}${suffix}.new`, JSON.stringify({ end, extra }));
      await rename(`${path}${suffix}.new`, path + suffix);
    },
    async restart() {
      await rm(path + suffix, { force: true });
      await handle.truncate(0);
    },
    async finish() {
      await rename(path, target);
      await rm(path + suffix, { force: true });
    },
    async abandon() {
      for (const each of [path, path + suffix, `${path}${suffix}.new`]) await rm(each, { force: true }).catch(() => undefined);
    },
  };
}

/** Unfinished files for `path` whose writers ran here and run no more. */
async function leftOf(path: string): Promise<readonly string[]> {
  const [folder, start] = [dirname(path), `${basename(path)}.`];
  const names = (await readdir(folder)).filter((name) => name.startsWith(start) && !name.endsWith(suffix) && !name.endsWith(".new"));
  return names.filter((name) => {
    const [, where, pid, time = ""] = /^(.+)-(\d+)-([0-9a-z]+)$/.exec(name.slice(start.length)) ?? [];
    if (where !== machine()) return false;
    return Number(pid) === process.pid ? Number.parseInt(time.slice(0, digitsOfTime), 36) < started : !isAlive(Number(pid));
  }).map((name) => join(folder, name));
}

/** Claims `left` by renaming it, which only one process can; without a word on how far it came it is of no use. */
async function adopt(left: string, own: string): Promise<Pick<UnfinishedFile, "handle" | "kept"> | undefined> {
  await rename(left, own);
  try {
    // Its word goes with it, for this process may be killed too before it keeps more.
    await rename(left + suffix, own + suffix);
    const kept = JSON.parse(await readFile(own + suffix, "utf8")) as { readonly end: number; readonly extra: unknown };
    const handle = await open(own, "r+");
    if ((await handle.stat()).size >= kept.end) {
      await handle.truncate(kept.end);
      return { handle, kept };
    }
    await handle.close();
  } catch {
    // No word, or none that can be read.
  }
  for (const each of [own, own + suffix]) await rm(each, { force: true });
  return undefined;
}

/** Files in a shared folder may belong to processes of other machines, which cannot be asked whether they are alive. */
function machine(): string {
  return hostname().replaceAll(/[^\w-]/g, "_");
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
