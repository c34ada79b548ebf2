import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { decompress as unpackZstd } from "fzstd";
import { unpackSnappy } from "./snappy.js";

/** By their numbers in the format; those without `open` are not read here. */
const codecs: readonly { readonly name: string; readonly open?: (input: Uint8Array, length: number) => Uint8Array }[] = [
  { name: "none", open: (input) => input },
  { name: "snappy", open: unpackSnappy },
  { name: "gzip", open: (input, length) => gunzipSync(input, { maxOutputLength: Math.max(1, length) }) },
  { name: "LZO" },
  { name: "brotli", open: (input, length) => brotliDecompressSync(input, { maxOutputLength: Math.max(1, length) }) },
  { name: "LZ4" },
  { name: "zstd", open: (input, length) => unpackZstd(input, new Uint8Array(length)) },
  { name: "LZ4_RAW" },
];

/** More is not unpacked at once: writers put up to a thousand pictures into a page. */
const mostBytes = 2 ** 29;
/** What any page may unpack to; a larger one may be so many times as large as it is packed. Encoded pictures hardly shrink, bombs do. */
const [freeBytes, mostTimes] = [2 ** 20, 1000];

/** Throws an `Error` where pages of this codec are not read. */
export function expectCodec(codec: number): void {
  if (codecs[codec]?.open !== undefined) return;
  const readable = codecs.filter(({ open }) => open !== undefined).map(({ name }) => name);
  throw new Error(`its pictures are compressed by ${codecs[codec]?.name ?? `codec ${codec}`}; write it with one of ${readable.join(", ")}`);
}

/** A page unpacked to `length` bytes; an `Error` says why it cannot be. */
export function unpack(codec: number, packed: Uint8Array, length: number): Uint8Array {
  const { name, open } = codecs[codec] ?? { name: String(codec) };
  if (!(length >= 0 && length <= mostBytes)) throw new Error(`it unpacks to ${length} bytes, more than ${mostBytes}; write the file with fewer rows in a group`);
  if (length > Math.max(freeBytes, mostTimes * packed.length)) throw new Error(`its ${packed.length} bytes unpack to ${length}, as no pictures do`);
  // Some writers pack nothing into nothing.
  if (length === 0) return new Uint8Array();
  const unpacked = open?.(packed, length);
  if (unpacked?.length !== length) throw new Error(`it unpacks by ${name} to ${unpacked?.length ?? 0} bytes where it says ${length}`);
  return unpacked;
}
