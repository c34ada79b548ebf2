// NumPy's archives: a zip (https://pkware.cachefly.net/webdocs/APPNOTE/APPNOTE-6.3.9.TXT) of .npy files (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
import { readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";

export interface NpyArray {
  readonly shape: readonly number[];
  readonly data: Float32Array | Uint8Array;
}

/** Every array of the archive by its name. Reads bytes, halves and single floats, in C order and little endian, below 4 GiB. */
export function readNpz(path: string | URL): ReadonlyMap<string, NpyArray> {
  const file = readFileSync(path);
  const end = file.lastIndexOf("PK\x05\x06", undefined, "latin1");
  if (end < 0) {
    throw new Error(`${path} is no zip`);
  }
  const arrays = new Map<string, NpyArray>();
  let entry = file.readUInt32LE(end + 16);
  for (let left = file.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [nameLength, extraLength, commentLength] = [file.readUInt16LE(entry + 28), file.readUInt16LE(entry + 30), file.readUInt16LE(entry + 32)];
    const name = file.toString("utf8", entry + 46, entry + 46 + nameLength);
    arrays.set(name.replace(/\.npy$/, ""), readNpy(contents(file, entry), `${path}, ${name}`));
    entry += 46 + nameLength + extraLength + commentLength;
  }
  return arrays;
}

/** The bytes that an entry of the central directory stands for. */
function contents(file: Buffer, entry: number): Buffer {
  const header = file.readUInt32LE(entry + 42);
  const start = header + 30 + file.readUInt16LE(header + 26) + file.readUInt16LE(header + 28);
  const packed = file.subarray(start, start + file.readUInt32LE(entry + 20));
  return file.readUInt16LE(entry + 10) === 0 ? packed : inflateRawSync(packed);
}

function readNpy(bytes: Buffer, where: string): NpyArray {
  const start = 10 + bytes.readUInt16LE(8);
  const header = bytes.toString("latin1", 10, start);
  const [, type = ""] = /'descr': '([^']+)'/.exec(header) ?? [];
  const [, sides = ""] = /'shape': \(([^)]*)\)/.exec(header) ?? [];
  const read = readers[type];
  if (bytes.toString("latin1", 1, 6) !== "NUMPY" || bytes[6] !== 1 || read === undefined || header.includes("'fortran_order': True")) {
    throw new Error(`${where}: cannot read an array of this kind (${header.trim()})`);
  }
  return { shape: sides.split(",").filter((side) => side.trim() !== "").map(Number), data: read(bytes.subarray(start)) };
}

const readers: Readonly<Record<string, (bytes: Buffer) => Float32Array | Uint8Array>> = {
  "|u1": (bytes) => Uint8Array.from(bytes),
  "<f4": (bytes) => Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i)),
  "<f2": (bytes) => Float32Array.from({ length: bytes.length / 2 }, (_, i) => half(bytes.readUInt16LE(2 * i))),
};

/** The number that a half-precision float's 16 bits stand for. */
function half(bits: number): number {
  const sign = bits >> 15 === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) {
    return fraction === 0 ? sign * Infinity : Number.NaN;
  }
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}
