import * as fs from "node:fs/promises";
import { basename, join } from "node:path";
import { IdganError, messageOf } from "../../contract/error.js";
import { makeFolder } from "../../data/make-folder.js";
import type { StageName } from "../../hooks.js";
import { type Files, namesIn, removeUnfinished } from "./atomic-write.js";
import { type Checkpoint, type CheckpointContent, readCheckpoint, readManifest, writeCheckpoint } from "./checkpoint.js";

export interface CheckpointStoreOptions {
  /** How many of the newest checkpoints of a stage stay, at least 1. Default 3. */
  readonly keep?: number;
  /** Told of a checkpoint that is damaged, or cannot be deleted. */
  readonly warn?: (text: string) => void;
  readonly files?: Files;
}

/** A checkpoint by its name, not opened. */
export interface CheckpointFile {
  readonly path: string;
  readonly stage: StageName;
  readonly step: number;
}

const pattern = /^(represent|synthesise)-(\d+)\.safetensors$/;

/** The checkpoints of a run, one file each: `represent-00000500.safetensors`. */
export class CheckpointStore {
  readonly #keep: number;
  readonly #warn: (text: string) => void;
  readonly #files: Files;

  constructor(
    readonly folder: string,
    options: CheckpointStoreOptions = {},
  ) {
    this.#keep = Math.max(1, options.keep ?? 3);
    this.#warn = options.warn ?? (() => undefined);
    this.#files = options.files ?? fs;
  }

  /** Writes a checkpoint and, once it is safe, deletes the oldest beyond `keep`. Throws `CHECKPOINT_WRITE`; what was there before is then untouched. */
  async write(content: CheckpointContent): Promise<string> {
    const { stage, step } = content.manifest;
    const path = join(this.folder, `${stage}-${String(step).padStart(8, "0")}.safetensors`);
    try {
      await makeFolder(this.folder);
      await writeCheckpoint(path, content, this.#files);
    } catch (thrown) {
      if (thrown instanceof IdganError) throw thrown;
      const [last] = await this.list(stage).catch(() => []);
      const kept = last === undefined ? "No earlier one of this stage exists" : `The last good one is ${last.path}`;
      throw new IdganError("CHECKPOINT_WRITE", `The checkpoint ${path} could not be written: ${messageOf(thrown)}. ${kept}. Free disk space, then resume with --resume.`, thrown);
    }
    await this.#prune(stage, step);
    return path;
  }

  /** Of one stage, or of both; newest first, stage 2 before stage 1. */
  async list(stage?: StageName): Promise<readonly CheckpointFile[]> {
    const found: CheckpointFile[] = [];
    for (const name of await namesIn(this.folder)) {
      const match = pattern.exec(name);
      if (match === null || (stage !== undefined && match[1] !== stage)) continue;
      found.push({ path: join(this.folder, name), stage: match[1] as StageName, step: Number(match[2]) });
    }
    return found.sort((a, b) => (a.stage === b.stage ? b.step - a.step : a.stage === "synthesise" ? -1 : 1));
  }

  /**
   * The newest checkpoint of a stage that reads whole; damaged ones before it are told to `warn`. Undefined when the stage has none.
   * Throws `CHECKPOINT_INVALID` when all are damaged, because to start anew would hide that.
   */
  async latest(stage: StageName): Promise<Checkpoint | undefined> {
    const found = await this.list(stage);
    for (const { path, step } of found) {
      try {
        const checkpoint = await readCheckpoint(path);
        const { manifest } = checkpoint;
        if (manifest.stage === stage && manifest.step === step) return checkpoint;
        this.#warn(`${path} holds update ${manifest.step} of the stage "${manifest.stage}", which is not what its name says; it is left aside.`);
      } catch (thrown) {
        this.#warn(messageOf(thrown));
      }
    }
    if (found.length === 0) return undefined;
    throw new IdganError("CHECKPOINT_INVALID", `${found.length === 1 ? "The only checkpoint" : `None of the ${found.length} checkpoints`} of the stage "${stage}" in ${this.folder} ${found.length === 1 ? "does not read" : "reads"} whole. Restore one from a copy, or start a new run.`);
  }

  /** Removes what a killed process left half written; only for who holds the run's lock. */
  async sweep(): Promise<void> {
    await removeUnfinished(this.folder);
  }

  /** Later ones than `step` are left alone: they come from before a resume, and the run will write them again. */
  async #prune(stage: StageName, step: number): Promise<void> {
    const upToNow = (await this.list(stage)).filter((file) => file.step <= step);
    for (const { path } of upToNow.slice(this.#keep)) {
      try {
        if (!(await readManifest(path)).final) await this.#files.rm(path);
      } catch (thrown) {
        this.#warn(`The old checkpoint ${basename(path)} was not deleted: ${messageOf(thrown)}`);
      }
    }
  }
}
