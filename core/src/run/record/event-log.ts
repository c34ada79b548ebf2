import * as fs from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { IdganError, messageOf } from "../../contract/error.js";
import type { StageName } from "../../hooks.js";
import { errnoOf, type Files, writeAll, writeAtomically } from "./atomic-write.js";
import { jsonLine } from "./json-line.js";

/** What happened, beside where in the run it did. */
export type EventBody =
  | { readonly event: "stageStarted"; readonly steps: number; readonly batch: number }
  | { readonly event: "losses"; readonly losses: Readonly<Record<string, number>>; readonly stepsPerSecond: number }
  | { readonly event: "phase"; readonly phase: string; readonly resolution: number }
  | { readonly event: "checkpoint" | "picture"; readonly path: string }
  | { readonly event: "message"; readonly level: "info" | "warning"; readonly text: string }
  | { readonly event: "stageFinished" };

export type RunEvent = { readonly stage: StageName; readonly step: number } & EventBody;

/** An event as it is written; a number that JSON has no word for is a string there, such as "NaN". */
export type LoggedEvent = { readonly time: string } & RunEvent;

/** `events.jsonl`: one JSON object a line, appended in batches. */
export class EventLog {
  #pending: string[] = [];
  #writing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  #handle: FileHandle;
  #length: number;
  readonly #files: Files;

  private constructor(
    readonly path: string,
    files: Files,
    [handle, length]: OpenLog,
  ) {
    this.#files = files;
    this.#handle = handle;
    this.#length = length;
  }

  /** Opens the log to append. A last line that a kill left half written is dropped. */
  static async open(path: string, files: Files = fs): Promise<EventLog> {
    return new EventLog(path, files, await rewritten(path, files, () => true));
  }

  /** Drops what lies beyond this position, so that the log of a resumed run reads as one run. */
  async truncate(stage: StageName, step: number): Promise<void> {
    await this.close();
    [this.#handle, this.#length] = await rewritten(this.path, this.#files, (line) => !isBeyond(line, stage, step));
  }

  /** Takes note of an event; it reaches the disk at the next flush, or within two seconds. */
  append(event: RunEvent): void {
    this.#pending.push(`${jsonLine({ time: new Date().toISOString(), ...event })}\n`);
    // A failure here is no news yet: the lines stay, and the next flush tries again and throws.
    this.#timer ??= setTimeout(() => void this.flush().catch(() => undefined), 2000).unref();
  }

  /** Writes what was appended so far. Throws `RUN_WRITE`, and then keeps the lines for the next flush. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.catch(() => undefined).then(async () => this.#write());
    await this.#writing;
  }

  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      await this.#handle.close();
    }
  }

  async #write(): Promise<void> {
    const count = this.#pending.length;
    const bytes = Buffer.from(this.#pending.slice(0, count).join(""));
    try {
      // At a place and not at the end: what failed half way is written again over itself.
      await writeAll(this.#handle, bytes, this.#length);
    } catch (thrown) {
      throw failure(this.path, thrown);
    }
    this.#length += bytes.length;
    this.#pending = this.#pending.slice(count);
  }
}

/** All events of a log in order; lines that are not whole are left out. */
export async function readEvents(path: string): Promise<readonly LoggedEvent[]> {
  return completeLines(await textOf(path)).flatMap((line) => parse(line) ?? []);
}

type OpenLog = readonly [handle: FileHandle, length: number];

/** Opens the file with only these of its lines, and says how long it then is. */
async function rewritten(path: string, files: Files, keep: (line: string) => boolean): Promise<OpenLog> {
  try {
    const text = await textOf(path);
    const wanted = completeLines(text).filter(keep).map((line) => `${line}\n`).join("");
    if (wanted !== text) await writeAtomically(path, [wanted], files);
    return [await files.open(path, fs.constants.O_RDWR | fs.constants.O_CREAT), Buffer.byteLength(wanted)];
  } catch (thrown) {
    throw failure(path, thrown);
  }
}

function completeLines(text: string): readonly string[] {
  return text.split("\n").slice(0, -1);
}

/** A line that does not parse is no event of any step, and stays. */
function isBeyond(line: string, stage: StageName, step: number): boolean {
  const event = parse(line);
  if (event === undefined) return false;
  return event.stage === stage ? event.step > step : event.stage === "synthesise";
}

function parse(line: string): LoggedEvent | undefined {
  try {
    const event = JSON.parse(line) as LoggedEvent | null;
    return typeof event?.step === "number" ? event : undefined;
  } catch {
    return undefined;
  }
}

async function textOf(path: string): Promise<string> {
  try {
    return await fs.readFile(path, "utf8");
  } catch (thrown) {
    if (errnoOf(thrown) === "ENOENT") return "";
    throw thrown;
  }
}

function failure(path: string, thrown: unknown): IdganError {
  return new IdganError("RUN_WRITE", `The event log ${path} could not be written: ${messageOf(thrown)}. Free disk space, then resume with --resume.`, thrown);
}
