// The parts of the ZIP format that wheels use: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16.
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createInflateRaw } from "node:zlib";
import { failure } from "./failure.js";

const endSignature = 0x06054b50;
const endLength = 22;
const longestComment = 0xffff;
const entrySignature = 0x02014b50;
const entryLength = 46;
const localLength = 30;
const methods = { stored: 0, deflated: 8 } as const;

export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly packedBytes: number;
  readonly bytes: number;
  /** Offset of the entry's local header. */
  readonly offset: number;
}

/** The files in an archive, from its central directory. */
export async function zipEntries(file: string): Promise<readonly ZipEntry[]> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const tail = await bytesAt(handle, Math.max(0, size - endLength - longestComment), Math.min(size, endLength + longestComment));
    const end = lastIndex(tail, endSignature);
    if (end < 0) throw failure(`${file} is no whole ZIP archive. Delete it, and run the command again.`);
    const count = tail.readUInt16LE(end + 10);
    const directory = await bytesAt(handle, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
    const entries: ZipEntry[] = [];
    for (let at = 0; entries.length < count && at + entryLength <= directory.length; ) {
      if (directory.readUInt32LE(at) !== entrySignature) break;
      const nameLength = directory.readUInt16LE(at + 28);
      entries.push({
        name: directory.toString("utf8", at + entryLength, at + entryLength + nameLength),
        method: directory.readUInt16LE(at + 10),
        packedBytes: directory.readUInt32LE(at + 20),
        bytes: directory.readUInt32LE(at + 24),
        offset: directory.readUInt32LE(at + 42),
      });
      at += entryLength + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
    }
    if (entries.length !== count) throw failure(`The directory of ${file} is broken. Delete it, and run the command again.`);
    return entries;
  } finally {
    await handle.close();
  }
}

/** Writes one entry to `target`, and returns the SHA-256 of what it wrote, in base64url without padding, as a wheel's RECORD has it. */
export async function extractEntry(file: string, entry: ZipEntry, target: string, written: (bytes: number) => void): Promise<string> {
  await mkdir(dirname(target), { recursive: true });
  const hash = createHash("sha256");
  const counted = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      written(chunk.length);
      done(undefined, chunk);
    },
  });
  await pipeline(await contentOf(file, entry), counted, createWriteStream(target));
  return hash.digest("base64url");
}

/** A small entry as text. */
export async function readEntry(file: string, entry: ZipEntry): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of await contentOf(file, entry)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

async function contentOf(file: string, { name, method, offset, packedBytes }: ZipEntry): Promise<NodeJS.ReadableStream> {
  const handle = await open(file);
  const header = await bytesAt(handle, offset, localLength);
  await handle.close();
  const start = offset + localLength + header.readUInt16LE(26) + header.readUInt16LE(28);
  const packed = packedBytes === 0 ? Readable.from([]) : createReadStream(file, { start, end: start + packedBytes - 1 });
  if (method === methods.stored) return packed;
  if (method === methods.deflated) return packed.pipe(createInflateRaw());
  throw failure(`${name} in ${file} is packed by method ${method}, which no wheel uses.`);
}

async function bytesAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

function lastIndex(bytes: Buffer, signature: number): number {
  for (let at = bytes.length - endLength; at >= 0; at -= 1) if (bytes.readUInt32LE(at) === signature) return at;
  return -1;
}
