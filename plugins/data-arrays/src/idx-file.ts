// The format of MNIST and its family, gzipped or not: http://yann.lecun.com/exdb/mnist/ (FILE FORMATS FOR THE MNIST DATABASE)
import { countOf, createNumberArray, IdganError, inflated, openSourceFile, type NpyHeader, type SourceFile } from "@idgan/core";
import type { ImageSource } from "./image-source.js";
import { numberImages, type NumberOptions } from "./number-images.js";

const types: Readonly<Record<number, NpyHeader["type"]["name"]>> = { 0x08: "u1", 0x09: "i1", 0x0b: "i2", 0x0c: "i4", 0x0d: "f4", 0x0e: "f8" };
const mostSides = 8;

/** The images of an idx file. */
export async function openIdxImages(path: string, options: NumberOptions): Promise<ImageSource> {
  const source = await openSourceFile(path);
  try {
    const zipped = await isGzip(source);
    const header = await readHeader(source, zipped);
    const array = createNumberArray("", path, header, () => bytesOf(source, zipped));
    const images = await numberImages(array, path, options);
    return {
      ...images,
      path,
      format: `idx file${zipped ? ", gzipped," : ""} [${header.shape.join(", ")}] of ${header.type.name}`,
      fingerprint: JSON.stringify([source.bytes, source.modified, images.fingerprint]),
      expectUnchanged: source.expectUnchanged,
      close: source.close,
    };
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** Whether a file that begins with these bytes is an idx file: two zeros, a type, and how many sides. */
export function isIdx([zero, zeroToo, code = 0, sides = 0]: Uint8Array): boolean {
  return zero === 0 && zeroToo === 0 && code in types && sides >= 1 && sides <= mostSides;
}

/** Whether `source` begins as a gzip file does. */
export async function isGzip(source: SourceFile): Promise<boolean> {
  return source.bytes >= 2 && (await source.read(0, 2)).equals(Buffer.from([0x1f, 0x8b]));
}

/** The bytes of `source`, inflated where they are gzipped. Throws `DATA_INVALID` where they are damaged. */
export function bytesOf(source: SourceFile, zipped: boolean): AsyncIterable<Buffer> {
  const bytes = source.stream(0, source.bytes);
  return zipped ? inflated(bytes, "gzip", source.path) : bytes;
}

async function readHeader(source: SourceFile, zipped: boolean): Promise<NpyHeader> {
  let start = Buffer.alloc(0);
  for await (const piece of bytesOf(source, zipped)) {
    start = Buffer.concat([start, piece]);
    if (start.length >= 4 + 4 * mostSides) break;
  }
  const sides = start[3] ?? 0;
  const type = types[start[2] ?? 0];
  if (!isIdx(start) || type === undefined || start.length < 4 + 4 * sides) {
    throw new IdganError("DATA_INVALID", `${source.path} is no idx file: it does not begin with a type and sides. Check that it is the right file.`);
  }
  const shape = Array.from({ length: sides }, (_, side) => start.readUInt32BE(4 + 4 * side));
  if (!Number.isSafeInteger(countOf(shape) * 8)) throw new IdganError("DATA_INVALID", `${source.path} is no idx file: its shape [${shape.join(", ")}] is none. Fetch it again.`);
  return { type: { name: type, bytes: Number(type[1]), littleEndian: false }, shape, rowMajor: true, offset: 4 + 4 * sides };
}
