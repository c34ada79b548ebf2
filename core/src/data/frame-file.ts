// A prepared cache: images of one size as bytes, one after the other, and then a description. What needs random access is read from its place;
// the system's page cache makes that memory speed, and it may be larger than memory.
import { createHash } from "node:crypto";
import { readSync } from "node:fs";
import { open, statfs, type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { IdganError, messageOf } from "../contract/error.js";
import { makeFolder } from "./make-folder.js";
import { openUnfinished } from "./unfinished-file.js";
import { putUnits, roomFor } from "./unit-pixels.js";

/** What a frame file says of itself; `extra` is the maker's own and must survive JSON. */
export interface FrameDescription {
  /** Of the sources, the options and the code that made the frames. */
  readonly fingerprint: string;
  readonly count: number;
  /** Bytes of each frame. */
  readonly length: number;
  readonly extra: unknown;
  /** What they were made of, for people: a path. */
  readonly source?: string;
}

export interface FrameFile extends FrameDescription {
  readonly path: string;
  /** The frames with these indices, one after the other, in an array of the caller's own. Throws `RangeError` for an index that it lacks. */
  read(indices: ArrayLike<number>): Promise<Uint8Array>;
  /** The same as numbers in [0, 1], in `into` where it is as long. */
  readUnits(indices: ArrayLike<number>, into?: Float32Array): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Takes the frames of a new file, in order. */
export interface FrameWriter {
  /** `frames` holds one or more whole frames. */
  append(frames: Uint8Array): Promise<void>;
  /** What an attempt that was interrupted said when it last kept its frames, which are in the file already. */
  readonly kept: unknown;
  /** Makes the frames so far survive an interruption; `extra`, which must survive JSON, is the next attempt's `kept`. */
  keep(extra: unknown): Promise<void>;
  /** Throws away the frames so far, those that were kept too. */
  restart(): Promise<void>;
}

const magic = Buffer.from("idgan frames 1\n\n", "latin1");
/** Magic, then where the description begins and how long it is. */
const headBytes = 32;
const mostDescription = 2 ** 28;
/** Frames of a batch that are read from the disk at a time: more than the threads that Node has for it, so that none is without work. */
const atOnce = 8;
/** Milliseconds after which a read was no copy of memory, not even one that another thread came between, and of one turn of the program's loop. */
const longestRead = 4;
const bytesOfMillisecond = 1_000_000;
const longestTurn = 8;
/** How the magic of every version begins. */
const kin = "idgan frames ";

/** Where the frames with this fingerprint are kept. */
export function frameFilePath(folder: string, fingerprint: string): string {
  return join(folder, `${createHash("sha256").update(fingerprint).digest("hex").slice(0, 32)}.frames`);
}

/** The prepared file at `path`; `undefined` where there is none, or one that is damaged, of another version, or of other sources. */
export async function openFrameFile(path: string, fingerprint: string): Promise<FrameFile | undefined> {
  const handle = await open(path, "r").catch(() => undefined);
  if (handle === undefined) return undefined;
  const description = await describeFrameFile(handle);
  if (description?.fingerprint === fingerprint) {
    await markUsed(handle).catch(() => undefined);
    return frameFileOf(path, handle, description);
  }
  await handle.close();
  return undefined;
}

/** What the prepared file says of itself; `undefined` where it is damaged or of another version. */
export async function describeFrameFile(handle: FileHandle): Promise<FrameDescription | undefined> {
  return await readDescription(handle).catch(() => undefined);
}

/** Whether it is a prepared file of any version. */
export async function isFrameFile(handle: FileHandle): Promise<boolean> {
  const head = Buffer.alloc(kin.length);
  await handle.read(head, 0, kin.length, 0);
  return head.toString("latin1") === kin;
}

/** As the time of its last reading, which most systems write down rarely or never. */
async function markUsed(handle: FileHandle): Promise<void> {
  await handle.utimes(new Date(), (await handle.stat()).mtime);
}

/**
 * Makes the file at `path` and opens it. It is written under another name and renamed when it is whole, so that a reader never sees half of one;
 * what a killed process kept of it is gone on with.
 * `frames` is how many are expected, for the room on the disk; `write` appends them and returns what the description shall say besides.
 */
export async function writeFrameFile(
  path: string,
  { fingerprint, length, frames, source }: { readonly fingerprint: string; readonly length: number; readonly frames: number; readonly source?: string },
  write: (writer: FrameWriter) => Promise<unknown>,
): Promise<FrameFile> {
  const folder = dirname(path);
  try {
    await makeFolder(folder);
    const unfinished = await openUnfinished(path);
    const { handle, kept } = unfinished;
    try {
      let end = kept?.end ?? headBytes;
      await expectRoom(folder, frames * length - end);
      const extra = await write({
        kept: kept?.extra,
        keep: async (said) => await unfinished.keep(end, said),
        async restart() {
          await unfinished.restart();
          end = headBytes;
        },
        async append(bytes) {
          await writeWhole(handle, bytes, end);
          end += bytes.length;
        },
      });
      const count = (end - headBytes) / length;
      if (!Number.isInteger(count)) throw new IdganError("INTERNAL", `${end - headBytes} bytes are no whole number of frames of ${length}.`);
      const text = Buffer.from(JSON.stringify({ fingerprint, count, length, extra, ...(source === undefined ? {} : { source }) } satisfies FrameDescription));
      await writeWhole(handle, text, end);
      await writeWhole(handle, headOf(end, text.length), 0);
      await handle.sync();
      await handle.close();
      await unfinished.finish();
    } catch (error) {
      await handle.close().catch(() => undefined);
      await unfinished.abandon();
      throw error;
    }
  } catch (error) {
    if (error instanceof IdganError) throw error;
    throw new IdganError("DATA_INVALID", `The prepared data cannot be written to ${folder}: ${messageOf(error)}. Free disk space, or choose another folder with the data's option \`cache\` or the variable IDGAN_CACHE.`, error);
  }
  const made = await openFrameFile(path, fingerprint);
  if (made === undefined) throw new IdganError("DATA_INVALID", `The prepared file ${path} was written and cannot be read. Check the disk.`);
  return made;
}

function frameFileOf(path: string, handle: FileHandle, description: FrameDescription): FrameFile {
  const { count, length } = description;
  const cutOff = (): IdganError => new IdganError("DATA_INVALID", `The prepared file ${path} was cut off while it was used. Start again, and it is made anew.`);
  const readInto = async (index: number, target: Uint8Array, at: number): Promise<void> => {
    for (let done = 0; done < length; ) {
      const { bytesRead } = await handle.read(target, at + done, length - done, headBytes + index * length + done);
      if (bytesRead === 0) throw cutOff();
      done += bytesRead;
    }
  };
  const readNow = (index: number, target: Uint8Array): void => {
    for (let done = 0; done < length; ) {
      const bytesRead = readSync(handle.fd, target, done, length - done, headBytes + index * length + done);
      if (bytesRead === 0) throw cutOff();
      done += bytesRead;
    }
  };
  const expectIndices = (indices: ArrayLike<number>): readonly number[] => Array.from(indices, (index) => {
    if (!(Number.isInteger(index) && index >= 0 && index < count)) throw new RangeError(`image ${index}: there are images 0 to ${count - 1}`);
    return index;
  });
  /** Frames that are read, of all batches, and wait for the next. */
  const spare: Uint8Array[] = [];
  return {
    ...description,
    path,
    async read(indices) {
      const wanted = expectIndices(indices);
      const frames = new Uint8Array(wanted.length * length);
      await Promise.all(wanted.map(async (index, place) => await readInto(index, frames, place * length)));
      return frames;
    },
    async readUnits(indices, into) {
      const wanted = expectIndices(indices);
      const numbers = roomFor(wanted.length * length, into);
      let next = 0;
      const put = (frame: Uint8Array, place: number): void => putUnits(frame, numbers, place * length);
      // What the system has in memory is read here and now: a thread for each frame takes three times as much, of the processors that the engine computes on.
      const own = spare.pop() ?? new Uint8Array(length);
      for (let turn = performance.now(), slow = false; next < wanted.length && !slow; next += 1) {
        const begun = performance.now();
        readNow(wanted[next] as number, own);
        const ended = performance.now();
        put(own, next);
        slow = ended - begun > longestRead + length / bytesOfMillisecond;
        if (ended - turn > longestTurn) {
          await setImmediate();
          turn = performance.now();
        }
      }
      spare.push(own);
      // Once one had to come from the disk, the rest is waited for elsewhere.
      const readSome = async (): Promise<void> => {
        const frame = spare.pop() ?? new Uint8Array(length);
        for (let place = next++; place < wanted.length; place = next++) {
          await readInto(wanted[place] as number, frame, 0);
          put(frame, place);
        }
        spare.push(frame);
      };
      await Promise.all(Array.from({ length: Math.min(atOnce, wanted.length - next) }, readSome));
      return numbers;
    },
    close: async () => await handle.close(),
  };
}

async function readDescription(handle: FileHandle): Promise<FrameDescription | undefined> {
  const head = Buffer.alloc(headBytes);
  await handle.read(head, 0, headBytes, 0);
  if (!head.subarray(0, magic.length).equals(magic)) return undefined;
  const [at, bytes] = [Number(head.readBigUInt64LE(16)), Number(head.readBigUInt64LE(24))];
  const { size } = await handle.stat();
  if (at + bytes !== size || bytes > mostDescription) return undefined;
  const text = Buffer.alloc(bytes);
  await handle.read(text, 0, bytes, at);
  const description = JSON.parse(text.toString()) as FrameDescription;
  return headBytes + description.count * description.length === at ? description : undefined;
}

function headOf(at: number, bytes: number): Buffer {
  const head = Buffer.alloc(headBytes);
  magic.copy(head);
  head.writeBigUInt64LE(BigInt(at), 16);
  head.writeBigUInt64LE(BigInt(bytes), 24);
  return head;
}

async function writeWhole(handle: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await handle.write(bytes, done, bytes.length - done, offset + done)).bytesWritten;
  }
}

async function expectRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < bytes) throw new Error(`it takes ${Math.ceil(bytes / 2 ** 20)} MB, and ${Math.floor((bavail * bsize) / 2 ** 20)} MB are free`);
}
