// Zip archives, Zip64 included, as PKWARE's APPNOTE 6.3 says them (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT):
// the central directory is read whole, and each entry then from its own place, so that an archive may be larger than memory.
import { crc32 } from "node:zlib";
import { IdganError } from "../contract/error.js";
import { inflated } from "./inflate.js";
import type { SourceFile } from "./source-file.js";

export interface ZipEntry {
  /** As the archive spells it; nothing is ever written under it. */
  readonly name: string;
  readonly method: "stored" | "deflated";
  readonly compressedBytes: number;
  readonly bytes: number;
  readonly crc: number;
  /** Where its local header begins. */
  readonly offset: number;
}

export interface ZipArchive {
  /** In the order of the central directory; folders and entries that cannot be read are left out. */
  readonly entries: readonly ZipEntry[];
  /** Entries that are encrypted, or packed by a method other than deflate. */
  readonly unreadable: number;
}

const endMark = 0x06054b50;
const endBytes = 22;
const end64Mark = 0x06064b50;
const locator64Mark = 0x07064b50;
const entryMark = 0x02014b50;
const localMark = 0x04034b50;
const longestComment = 0xffff;
/** More entries than any data set of pictures; a larger directory is taken for a hostile one. */
const largestDirectory = 2 ** 30;

/** Reads the directory of `source`. Throws `DATA_INVALID` where it is no zip archive. */
export async function readZip(source: SourceFile): Promise<ZipArchive> {
  const { count, offset, bytes } = await findDirectory(source);
  if (bytes > largestDirectory) throw invalid(source, `its directory of ${bytes} bytes is too large`);
  const directory = await source.read(offset, bytes);
  const entries: ZipEntry[] = [];
  let unreadable = 0;
  let at = 0;
  for (let i = 0; i < count; i += 1) {
    if (at + 46 > bytes || directory.readUInt32LE(at) !== entryMark) throw invalid(source, "its directory is broken");
    const next = at + 46 + directory.readUInt16LE(at + 28) + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
    if (next > bytes) throw invalid(source, "its directory is broken");
    const entry = entryAt(directory.subarray(at, next));
    if (entry === undefined) unreadable += 1;
    else if (!entry.name.endsWith("/")) entries.push(entry);
    at = next;
  }
  return { entries, unreadable };
}

/** The bytes of `entry`, in pieces; throws `DATA_INVALID` at their end where length or checksum differ from the directory's. */
export async function* streamEntry(source: SourceFile, entry: ZipEntry): AsyncGenerator<Buffer> {
  const local = await source.read(entry.offset, 30);
  if (local.readUInt32LE(0) !== localMark) throw invalid(source, `the entry ${entry.name} is not where its directory says`);
  const start = entry.offset + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
  const packed = source.stream(start, start + entry.compressedBytes);
  let length = 0;
  let sum = 0;
  for await (const piece of entry.method === "stored" ? packed : inflated(packed, "raw", `The entry ${entry.name} in ${source.path}`)) {
    length += piece.length;
    // Checked before the piece is used, so that no entry inflates to more than it says.
    if (length > entry.bytes) throw invalid(source, `the entry ${entry.name} holds more than the ${entry.bytes} bytes that its directory says`);
    sum = crc32(piece, sum);
    yield piece;
  }
  if (length !== entry.bytes || sum !== entry.crc) throw invalid(source, `the entry ${entry.name} is damaged: length or checksum differ`);
}

/** The whole of `entry`, which must be at most `most` bytes long. */
export async function readEntry(source: SourceFile, entry: ZipEntry, most: number): Promise<Buffer> {
  if (entry.bytes > most) throw invalid(source, `the entry ${entry.name} of ${entry.bytes} bytes is larger than the ${most} that are read at once`);
  const pieces: Buffer[] = [];
  for await (const piece of streamEntry(source, entry)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** The end of the archive says where its directory is; beyond 4 GiB, a second end before it does. */
async function findDirectory(source: SourceFile): Promise<{ readonly count: number; readonly offset: number; readonly bytes: number }> {
  const tail = await source.read(Math.max(0, source.bytes - endBytes - longestComment), Math.min(source.bytes, endBytes + longestComment));
  let at = tail.length - endBytes;
  while (at >= 0 && !(tail.readUInt32LE(at) === endMark && at + endBytes + tail.readUInt16LE(at + 20) === tail.length)) at -= 1;
  if (at < 0) throw invalid(source, "it has no end of a zip archive: it is truncated, or something else");
  const end = { count: tail.readUInt16LE(at + 10), bytes: tail.readUInt32LE(at + 12), offset: tail.readUInt32LE(at + 16) };
  if (end.count < 0xffff && end.bytes < 0xffffffff && end.offset < 0xffffffff) return end;
  if (at < 20 || tail.readUInt32LE(at - 20) !== locator64Mark) return end;
  const record = await source.read(whole(tail, at - 20 + 8), 56);
  if (record.readUInt32LE(0) !== end64Mark) throw invalid(source, "its Zip64 end is broken");
  return { count: whole(record, 32), bytes: whole(record, 40), offset: whole(record, 48) };
}

/** What one record of the directory says; `undefined` for an entry that is encrypted or packed in another way. */
function entryAt(record: Buffer): ZipEntry | undefined {
  const flags = record.readUInt16LE(8);
  const method = record.readUInt16LE(10);
  if ((flags & 1) !== 0 || (method !== 0 && method !== 8)) return undefined;
  const nameEnd = 46 + record.readUInt16LE(28);
  const name = record.toString((flags & 0x800) === 0 ? "latin1" : "utf8", 46, nameEnd);
  const sizes = [record.readUInt32LE(24), record.readUInt32LE(20), record.readUInt32LE(42)];
  const long = sizes.some((size) => size === 0xffffffff) ? extraField(record.subarray(nameEnd, nameEnd + record.readUInt16LE(30)), 1) : undefined;
  let at = 0;
  const [bytes = 0, compressedBytes = 0, offset = 0] = sizes.map((size) => {
    if (size !== 0xffffffff || long === undefined || at + 8 > long.length) return size;
    at += 8;
    return whole(long, at - 8);
  });
  return { name, method: method === 0 ? "stored" : "deflated", compressedBytes, bytes, crc: record.readUInt32LE(16), offset };
}

/** The data of the extra field with this id. */
function extraField(extra: Buffer, id: number): Buffer | undefined {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) === id) return extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2));
  }
  return undefined;
}

/** Eight bytes as a number; beyond 2^53, which no file has, infinite. */
function whole(bytes: Buffer, offset: number): number {
  const value = bytes.readBigUInt64LE(offset);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : Number.POSITIVE_INFINITY;
}

function invalid({ path }: SourceFile, what: string): IdganError {
  return new IdganError("DATA_INVALID", `${path} cannot be read as a zip archive: ${what}. Fetch it again, or check that it is the right file.`);
}
