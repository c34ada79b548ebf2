import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExecutionContext } from "ava";
import { IdganError } from "../contract/error.js";
import { createStream } from "../ops/random/stream.js";

/** A folder for the time of a test. */
export async function temporary(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "idgan-data-"));
  t.teardown(() => rm(folder, { recursive: true }));
  return folder;
}

/** Expects that `doing` is refused as data, with a message like `said`. */
export async function invalid(t: ExecutionContext, doing: Promise<unknown>, said: RegExp): Promise<void> {
  const error = await t.throwsAsync(doing, { instanceOf: IdganError, message: said });
  t.is(error?.code, "DATA_INVALID");
}

/** The same random bytes for the same seed. */
export function bytesOf(seed: number, count: number): Buffer {
  return Buffer.from(Uint8Array.from(createStream(seed, "test/bytes").integers(0, count, 256)));
}
