// Zip archives: https://pkware.cachefly.net/webdocs/APPNOTE/APPNOTE-6.3.9.TXT.
import { inflateRawSync } from "node:zlib";
import { refusal } from "./refusal.js";

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const localSignature = 0x04034b50;
/** The end record is 22 bytes and a comment of at most 2^16 - 1. */
const endLength = 22;
const longestComment = 65_535;
/** Larger sizes need zip64, which no weights of ours do. */
const saturated = 0xffffffff;

/** The files of an archive by name, read when they are asked for. */
export interface ZipArchive {
  readonly names: readonly string[];
  /** The bytes of a file, stored or deflated. Throws `METRIC_INPUT` where it is not there, or lies outside the archive. */
  read(name: string): Buffer;
}

interface Entry {
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  readonly header: number;
}

export function isZip(file: Buffer): boolean {
  return file.length >= 4 && file.readUInt32LE(0) === localSignature;
}

/** Reads the directory of an archive. Throws `METRIC_INPUT`, which names `where`, for what is truncated or no zip. */
export function openZip(file: Buffer, where: string): ZipArchive {
  const end = findEnd(file);
  if (end < 0) throw refusal(where, "it is no whole zip archive: its directory is missing");
  const entries = new Map<string, Entry>();
  let at = file.readUInt32LE(end + 16);
  for (let left = file.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (at + 46 > end || file.readUInt32LE(at) !== entrySignature) throw refusal(where, "its directory is damaged");
    const [nameLength, extraLength, commentLength] = [file.readUInt16LE(at + 28), file.readUInt16LE(at + 30), file.readUInt16LE(at + 32)];
    const name = file.toString("utf8", at + 46, at + 46 + nameLength);
    const entry = { method: file.readUInt16LE(at + 10), packed: file.readUInt32LE(at + 20), size: file.readUInt32LE(at + 24), header: file.readUInt32LE(at + 42) };
    if ([entry.packed, entry.size, entry.header].includes(saturated)) throw refusal(where, `its file ${name} is larger than 4 GiB`);
    if (entries.has(name)) throw refusal(where, `it holds the file ${name} twice`);
    entries.set(name, entry);
    at += 46 + nameLength + extraLength + commentLength;
  }
  return { names: [...entries.keys()], read: (name) => readEntry(file, entries.get(name), `${name} of ${where}`) };
}

function findEnd(file: Buffer): number {
  for (let at = file.length - endLength; at >= Math.max(0, file.length - endLength - longestComment); at -= 1) {
    if (file.readUInt32LE(at) === endSignature && at + endLength + file.readUInt16LE(at + 20) === file.length) return at;
  }
  return -1;
}

function readEntry(file: Buffer, entry: Entry | undefined, where: string): Buffer {
  if (entry === undefined) throw refusal(where, "it is not in the archive");
  const { method, packed, size, header } = entry;
  if (header + 30 > file.length || file.readUInt32LE(header) !== localSignature) throw refusal(where, "its header is damaged");
  const start = header + 30 + file.readUInt16LE(header + 26) + file.readUInt16LE(header + 28);
  if (start + packed > file.length) throw refusal(where, "it ends beyond the archive");
  const bytes = file.subarray(start, start + packed);
  if (method === 0 && packed === size) return bytes;
  if (method !== 8) throw refusal(where, `it is packed by method ${method}, which is not read`);
  try {
    const plain = inflateRawSync(bytes, { maxOutputLength: Math.max(1, size) });
    if (plain.length === size) return plain;
  } catch {
    // Said below: what zlib says names neither file nor archive.
  }
  throw refusal(where, "its packed bytes are damaged");
}
