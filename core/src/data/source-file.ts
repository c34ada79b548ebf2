import { open, type FileHandle } from "node:fs/promises";
import { IdganError, messageOf } from "../contract/error.js";

/** A file of the user's, open for reading from any place. What it says of itself is from when it was opened. */
export interface SourceFile {
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  /** `length` bytes from `offset` on. Throws `DATA_INVALID` where the file has no such bytes. */
  read(offset: number, length: number): Promise<Buffer>;
  /** The bytes from `offset` to `end`, in pieces. */
  stream(offset: number, end: number): AsyncIterable<Buffer>;
  /** Throws `DATA_INVALID` where the file is no longer what it was when it was opened. */
  expectUnchanged(): Promise<void>;
  close(): Promise<void>;
}

const pieceBytes = 2 ** 18;

/** Opens `path`. Throws `DATA_NOT_FOUND` where nothing is there or may be read, `DATA_INVALID` where it is no file. */
export async function openSourceFile(path: string): Promise<SourceFile> {
  const handle = await open(path, "r").catch((error: unknown) => {
    throw new IdganError("DATA_NOT_FOUND", `The file ${path} cannot be read: ${messageOf(error)}. Check the path and its rights.`, error);
  });
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw new IdganError("DATA_INVALID", `${path} is no file. Name the file that the data is in.`);
    return sourceOf(path, handle, found.size, found.mtimeMs);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function sourceOf(path: string, handle: FileHandle, bytes: number, modified: number): SourceFile {
  const beyond = (): IdganError => new IdganError("DATA_INVALID", `The file ${path} ends too early: it is truncated, or its directory is wrong. Fetch it again.`);
  const read = async (offset: number, length: number): Promise<Buffer> => {
    if (!(offset >= 0 && length >= 0 && offset + length <= bytes)) throw beyond();
    const target = Buffer.allocUnsafe(length);
    for (let done = 0; done < length; ) {
      const { bytesRead } = await handle.read(target, done, length - done, offset + done);
      if (bytesRead === 0) throw beyond();
      done += bytesRead;
    }
    return target;
  };
  const pieces = async function* (offset: number, end: number): AsyncGenerator<Buffer> {
    for (let at = offset; at < end; at += pieceBytes) yield await read(at, Math.min(pieceBytes, end - at));
  };
  return {
    path,
    bytes,
    modified,
    read,
    stream(offset, end) {
      if (!(offset >= 0 && offset <= end && end <= bytes)) throw beyond();
      return pieces(offset, end);
    },
    async expectUnchanged() {
      const now = await handle.stat();
      if (now.size !== bytes || now.mtimeMs !== modified) {
        throw new IdganError("DATA_INVALID", `The file ${path} changed while it was read. Wait until nothing writes to it, then start again.`);
      }
    },
    close: async () => await handle.close(),
  };
}
