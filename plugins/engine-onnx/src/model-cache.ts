import { createHash, randomUUID } from "node:crypto";
import { readFileSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { cacheFolder, makeFolderSync } from "@idgan/core";

/** Models that are kept; a run has about five. */
const mostKept = 64;

/**
 * Models as ONNX Runtime rewrote them, by the hash of what they were, so that a step compiled before is not rewritten again.
 * The cache can be deleted at any time, and where it cannot be read or written everything works without it.
 */
export class ModelCache {
  readonly #folder: string;
  readonly #salt: string;
  readonly #most: number;

  /** `salt`: whatever else the result depends on. */
  constructor(salt: string, folder = join(cacheFolder(), "onnx"), most = mostKept) {
    this.#folder = folder;
    this.#most = most;
    // What the runtime writes may suit this processor alone.
    this.#salt = `${salt} ${process.arch} ${cpus()[0]?.model ?? ""}`;
  }

  #file(model: Uint8Array): string {
    return join(this.#folder, `${createHash("sha256").update(this.#salt).update("\0").update(model).digest("hex")}.onnx`);
  }

  /** The rewritten model, if it is known. */
  read(model: Uint8Array): Uint8Array | undefined {
    const file = this.#file(model);
    try {
      const [digest, bytes] = split(readFileSync(file));
      if (!digest.equals(createHash("sha256").update(bytes).digest())) return undefined;
      const now = new Date();
      utimesSync(file, now, now);
      return bytes;
    } catch {
      return undefined;
    }
  }

  /** A path that the runtime may write the rewritten model to; `keep` then takes it from there. */
  scratch(): string | undefined {
    try {
      makeFolderSync(this.#folder);
      return join(this.#folder, `${randomUUID()}.part`);
    } catch {
      return undefined;
    }
  }

  /** Keeps what the runtime wrote to `scratch` for `model`, and lets the oldest go. */
  keep(model: Uint8Array, scratch: string): void {
    try {
      writeWithDigest(scratch);
      renameSync(scratch, this.#file(model));
      this.#forgetOldest();
    } catch {
      rmSync(scratch, { force: true });
    }
  }

  #forgetOldest(): void {
    const files = readdirSync(this.#folder).map((name) => join(this.#folder, name));
    const byAge = files.map((file) => ({ file, used: statSync(file).mtimeMs })).sort((a, b) => b.used - a.used);
    for (const { file } of byAge.slice(this.#most)) rmSync(file, { force: true });
  }
}

function split(bytes: Buffer): readonly [digest: Buffer, model: Buffer] {
  return [bytes.subarray(0, 32), bytes.subarray(32)];
}

function writeWithDigest(file: string): void {
  const model = readFileSync(file);
  writeFileSync(file, Buffer.concat([createHash("sha256").update(model).digest(), model]));
}
