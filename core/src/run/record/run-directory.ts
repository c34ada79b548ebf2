import * as fs from "node:fs/promises";
import { join } from "node:path";
import { IdganError, messageOf } from "../../contract/error.js";
import { makeFolder } from "../../data/make-folder.js";
import { errnoOf, isUnfinished, namesIn, removeUnfinished } from "./atomic-write.js";
import type { Environment } from "./environment.js";
import { readJson, readOrSetAside, writeJson } from "./json-file.js";
import { claimOn, lockRun, type RunLock } from "./run-lock.js";

const lockName = "run.lock";

/** What the system says of a disk that is full or read-only, and of a folder that belongs to others. */
const unwritable = new Set(["ENOSPC", "EDQUOT", "EROFS", "EACCES", "EPERM"]);

/** The folder of one run, and the names of what lies in it. */
export class RunDirectory {
  /** The resolved config; it makes a folder a run. */
  readonly config: string;
  readonly environment: string;
  readonly events: string;
  readonly checkpoints: string;
  readonly images: string;
  /** Scores of the run's encoder. */
  readonly metrics: string;
  readonly #lock: RunLock | undefined;

  constructor(
    readonly path: string,
    lock?: RunLock,
  ) {
    this.config = join(path, "config.json");
    this.environment = join(path, "environment.json");
    this.events = join(path, "events.jsonl");
    this.checkpoints = join(path, "checkpoints");
    this.images = join(path, "images");
    this.metrics = join(path, "metrics.json");
    this.#lock = lock;
  }

  /** The resolved config as it was saved. */
  async readConfig(): Promise<unknown> {
    return readJson(this.config);
  }

  /** Takes the place of the saved config, as when a resumed run is given more updates. */
  async saveConfig(config: unknown): Promise<void> {
    await writeJson(this.config, config);
  }

  /** Adds where this start of the run happens to `environment.json`, a list: a resumed run has an entry for each start. */
  async addEnvironment(environment: Environment, warn: (text: string) => void = () => undefined): Promise<void> {
    const earlier = (await readOrSetAside(this.environment, warn)) ?? [];
    await writeJson(this.environment, [...(Array.isArray(earlier) ? earlier : [earlier]), environment]);
  }

  /** Lets another process train here. */
  async release(): Promise<void> {
    await this.#lock?.release();
  }
}

/**
 * Makes a run at `path`, or, without one, at the first free name of `runs/<name>`, `runs/<name>-2`, …; the caller holds its lock.
 * Throws `RUN_EXISTS` for a folder that holds a run, `RUN_INVALID` for one that holds anything else, and `RUN_WRITE` where the disk is full or read-only, or the folder belongs to others.
 */
export async function createRunDirectory(path: string | undefined, name: string, config: unknown): Promise<RunDirectory> {
  let folder = path ?? "runs";
  try {
    folder = path ?? (await firstFree(folder, name));
    await makeFolder(folder);
    await refuseUsed(folder);
    const run = new RunDirectory(folder, await lockRun(join(folder, lockName)));
    try {
      // Again: another process may have made its run, and ended, before the lock was taken.
      await refuseUsed(folder);
      await makeFolder(run.checkpoints);
      await makeFolder(run.images);
      await writeJson(run.config, config);
      return run;
    } catch (thrown) {
      await run.release();
      throw thrown;
    }
  } catch (thrown) {
    if (thrown instanceof IdganError) throw thrown;
    if (unwritable.has(errnoOf(thrown) ?? "")) {
      throw new IdganError("RUN_WRITE", `The run directory ${folder} cannot be written: ${messageOf(thrown)}. Free disk space, correct the rights of the folder that it is to lie in, or pass an --out elsewhere.`, thrown);
    }
    throw new IdganError("RUN_INVALID", `The run directory ${folder} cannot be made: ${messageOf(thrown)}. Pass another --out.`, thrown);
  }
}

/** Opens a run to read it or, with `lock`, to train on in it. Throws `RUN_INVALID` for a folder that is none. */
export async function openRunDirectory(path: string, options: { readonly lock?: boolean } = {}): Promise<RunDirectory> {
  await new RunDirectory(path).readConfig();
  if (options.lock !== true) return new RunDirectory(path);
  const run = new RunDirectory(path, await lockRun(join(path, lockName)));
  try {
    for (const folder of [run.path, run.checkpoints, run.images]) await removeUnfinished(folder);
    await makeFolder(run.checkpoints);
    await makeFolder(run.images);
    return run;
  } catch (thrown) {
    await run.release();
    throw new IdganError("RUN_WRITE", `The run ${path} cannot be written to: ${messageOf(thrown)}. Correct the folder's rights.`, thrown);
  }
}

/** Making the folder is what claims the name, so that two runs that start together get two. */
async function firstFree(parent: string, name: string): Promise<string> {
  const plain = name.replace(/[^\w.-]+/g, "-").replace(/^[-.]+|[-.]+$/g, "") || "run";
  await makeFolder(parent);
  for (let count = 1; ; count += 1) {
    const folder = join(parent, count === 1 ? plain : `${plain}-${count}`);
    try {
      await fs.mkdir(folder);
      return folder;
    } catch (thrown) {
      if (errnoOf(thrown) !== "EEXIST") throw thrown;
    }
  }
}

/** A creation that was killed before the config was there leaves at most these; they count as nothing. */
function isLeftover(name: string): boolean {
  return [lockName, claimOn(lockName), "checkpoints", "images"].includes(name) || isUnfinished(name);
}

async function refuseUsed(folder: string): Promise<void> {
  const names = await namesIn(folder);
  if (names.includes("config.json")) throw new IdganError("RUN_EXISTS", `${folder} already holds a run. Pass --resume to go on with it, or another --out.`);
  const foreign = names.find((name) => !isLeftover(name));
  if (foreign !== undefined) throw new IdganError("RUN_INVALID", `${folder} holds ${foreign} and is no run, so it is left alone. Pass another --out, or an empty folder.`);
}
