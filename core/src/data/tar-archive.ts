// Tar archives as POSIX 1003.1-2001 (ustar, pax) and GNU tar write them (https://www.gnu.org/software/tar/manual/html_node/Standard.html): only the
// headers are read, so that an entry is read from its own place later, and an archive may be larger than memory.
import { IdganError } from "../contract/error.js";
import type { SourceFile } from "./source-file.js";

export interface TarEntry {
  /** As the archive spells it; nothing is ever written under it. */
  readonly name: string;
  /** Where its bytes begin. */
  readonly start: number;
  readonly bytes: number;
}

export interface TarArchive {
  /** Files, in the order of the archive; the last one of a truncated archive reaches beyond its end. */
  readonly entries: readonly TarEntry[];
  /** Links, devices and pipes, which are left alone. */
  readonly others: number;
  /** Why nothing is known of the archive from some place on. */
  readonly damage?: string;
}

const block = 512;
/** Of a long name, or of pax's records. */
const longestRecord = 2 ** 20;

/** Reads the headers of `source`. Throws `DATA_INVALID` where it does not begin as a tar archive. */
export async function readTar(source: SourceFile): Promise<TarArchive> {
  const entries: TarEntry[] = [];
  let [others, at] = [0, 0];
  let said: { readonly name?: string; readonly bytes?: number } = {};
  while (at < source.bytes) {
    const header = await source.read(at, Math.min(block, source.bytes - at));
    if (header.every((byte) => byte === 0)) return { entries, others };
    if (!isHeader(header)) {
      if (at === 0) throw new IdganError("DATA_INVALID", `${source.path} cannot be read as a tar archive: it does not begin as one. Fetch it again, or check that it is the right file.`);
      return { entries, others, damage: header.length < block ? `it ends inside of an entry's beginning at byte ${at}` : `byte ${at} begins no entry` };
    }
    const kind = String.fromCharCode(header[156] as number);
    const bytes = said.bytes ?? numberAt(header, 124, 12);
    const start = at + block;
    if (kind === "x" || kind === "L") {
      if (bytes > longestRecord || start + bytes > source.bytes) return { entries, others, damage: `the long name at byte ${at} is broken` };
      const record = await source.read(start, bytes);
      said = kind === "L" ? { ...said, name: textAt(record, 0, bytes) } : { ...said, ...paxOf(record) };
    } else {
      if (kind === "0" || kind === "\0" || kind === "7") entries.push({ name: said.name ?? nameOf(header), start, bytes });
      else if (kind !== "5" && kind !== "g" && kind !== "K") others += 1;
      said = {};
    }
    at = start + Math.ceil(bytes / block) * block;
  }
  return { entries, others };
}

/** The bytes of `entry`, which must be at most `most`. */
export async function readTarEntry(source: SourceFile, entry: TarEntry, most: number): Promise<Buffer> {
  if (entry.bytes > most) throw new IdganError("DATA_INVALID", `The entry ${entry.name} of ${source.path} has ${entry.bytes} bytes, more than the ${most} that are read at once.`);
  return await source.read(entry.start, entry.bytes);
}

/** A whole block, in which the sum of its bytes stands, that place taken for blanks. */
function isHeader(header: Buffer): boolean {
  if (header.length < block) return false;
  let sum = 8 * 0x20;
  for (let i = 0; i < block; i += 1) if (i < 148 || i >= 156) sum += header[i] as number;
  return sum === numberAt(header, 148, 8);
}

/** Octal digits, or from 8 GiB on the bytes themselves; what is neither is larger than any file. */
function numberAt(header: Buffer, offset: number, length: number): number {
  if ((header[offset] as number) === 0x80) {
    return header.subarray(offset + 1, offset + length).reduce((value, byte) => value * 256 + byte, 0);
  }
  const digits = header.toString("latin1", offset, offset + length).replace(/[\0 ]+$/, "").trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : digits === "" ? 0 : Number.POSITIVE_INFINITY;
}

function nameOf(header: Buffer): string {
  const name = textAt(header, 0, 100);
  const prefix = header.toString("latin1", 257, 262) === "ustar" && header[262] === 0 ? textAt(header, 345, 155) : "";
  return prefix === "" ? name : `${prefix}/${name}`;
}

function textAt(bytes: Buffer, offset: number, length: number): string {
  const text = bytes.subarray(offset, offset + length);
  const end = text.indexOf(0);
  return text.toString("utf8", 0, end < 0 ? text.length : end);
}

/** `path` and `size` of pax's records, each `LENGTH KEY=VALUE\n`. */
function paxOf(record: Buffer): { readonly name?: string; readonly bytes?: number } {
  const said: { name?: string; bytes?: number } = {};
  for (let at = 0; at < record.length; ) {
    const space = record.indexOf(0x20, at);
    const length = space < 0 ? 0 : Number(record.toString("latin1", at, space));
    if (!(space >= at && Number.isInteger(length) && length > space - at)) break;
    const [key = "", ...value] = record.toString("utf8", space + 1, at + length - 1).split("=");
    if (key === "path") said.name = value.join("=");
    if (key === "size" && /^\d+$/.test(value.join("="))) said.bytes = Number(value.join("="));
    at += length;
  }
  return said;
}
