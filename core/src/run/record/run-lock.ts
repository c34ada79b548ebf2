import { readFileSync } from "node:fs";
import * as fs from "node:fs/promises";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { IdganError, messageOf } from "../../contract/error.js";
import { errnoOf } from "./atomic-write.js";

/** Who holds a run directory. */
interface Holder {
  readonly pid: number;
  /** Tells the process from a later one with the same id; null where the system does not say. */
  readonly started: string | null;
  readonly host: string;
}

/** The right to train in a run directory. */
export interface RunLock {
  release(): Promise<void>;
}

/**
 * Takes the lock, also from a process that is dead. Throws `RUN_LOCKED` when a live one, or one on another machine, holds it,
 * and `RUN_WRITE` where the folder cannot be written to.
 */
export async function lockRun(file: string): Promise<RunLock> {
  try {
    return await takeLock(file);
  } catch (thrown) {
    throw thrown instanceof IdganError ? thrown : new IdganError("RUN_WRITE", `${file} could not be written: ${messageOf(thrown)}. Free disk space or correct the folder's rights.`, thrown);
  }
}

async function takeLock(file: string): Promise<RunLock> {
  const mine = JSON.stringify({ pid: process.pid, started: startOf(process.pid), host: hostname() } satisfies Holder);
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if ((await created(file, mine)) || (await tookOver(file, mine))) {
      return { release: async () => void ((await contentOf(file)) === mine && (await fs.rm(file, { force: true }))) };
    }
    await sleep(50);
  }
  throw new IdganError("RUN_LOCKED", `${file} cannot be taken. If nothing trains in this run, delete it and ${claimOn(file)}.`);
}

/** A process that takes a lock over needs a millisecond; the others wait that long and more. */
const attempts = 40;

/** Who wants to replace a dead process's lock creates this first: of several, one. */
export function claimOn(file: string): string {
  return `${file}.claim`;
}

async function tookOver(file: string, mine: string): Promise<boolean> {
  const content = await settledContentOf(file);
  if (content === undefined) return false;
  const holder = parseHolder(content);
  if (holder !== undefined && isAlive(holder)) {
    const who = holder.host === hostname() ? `process ${holder.pid}` : `process ${holder.pid} on ${holder.host}`;
    throw new IdganError("RUN_LOCKED", `${file} says that ${who} trains in this run. Wait for it or stop it; if it no longer runs, delete that file.`);
  }
  const claim = claimOn(file);
  if (!(await created(claim, mine))) return false;
  // Only who holds the claim may replace the dead lock, so what is read here stays true until the claim, renamed, is the lock.
  if ((await contentOf(file)) === content) {
    await fs.rename(claim, file);
    return true;
  }
  await fs.rm(claim, { force: true });
  return false;
}

async function created(file: string, content: string): Promise<boolean> {
  let handle: fs.FileHandle;
  try {
    handle = await fs.open(file, "wx");
  } catch (thrown) {
    if (errnoOf(thrown) === "EEXIST") return false;
    throw thrown;
  }
  try {
    await handle.writeFile(content);
    return true;
  } catch (thrown) {
    // A full disk: the empty file is this process's own.
    await fs.rm(file, { force: true }).catch(() => undefined);
    throw thrown;
  } finally {
    await handle.close();
  }
}

/** An empty lock was created a moment ago and is not yet filled, or a power cut emptied it. */
async function settledContentOf(file: string): Promise<string | undefined> {
  const content = await contentOf(file);
  if (content !== "") return content;
  await sleep(200);
  return contentOf(file);
}

async function contentOf(file: string): Promise<string | undefined> {
  try {
    return await fs.readFile(file, "utf8");
  } catch (thrown) {
    if (errnoOf(thrown) === "ENOENT") return undefined;
    throw thrown;
  }
}

function parseHolder(content: string): Holder | undefined {
  try {
    const { pid, started, host } = JSON.parse(content) as Partial<Holder>;
    return Number.isSafeInteger(pid) && typeof host === "string" ? { pid: Number(pid), started: started ?? null, host } : undefined;
  } catch {
    return undefined;
  }
}

/** A process on another machine cannot be asked, and counts as alive. */
function isAlive({ pid, started, host }: Holder): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (thrown) {
    return errnoOf(thrown) === "EPERM";
  }
  return started === null || started === startOf(pid);
}

/** Clock ticks from boot to the start of a process: field 22 of /proc/<pid>/stat, counted after the name, which may hold spaces. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}
