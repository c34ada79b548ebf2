import { refusal } from "./refusal.js";

/** Kind and bytes of a number, as NumPy writes them; all are little-endian. */
export type NumberType = "f2" | "f4" | "f8" | "i4" | "i8" | "u1";

const readers: Readonly<Record<NumberType, (bytes: DataView, at: number) => number>> = {
  f2: (bytes, at) => half(bytes.getUint16(at, true)),
  f4: (bytes, at) => bytes.getFloat32(at, true),
  f8: (bytes, at) => bytes.getFloat64(at, true),
  i4: (bytes, at) => bytes.getInt32(at, true),
  i8: (bytes, at) => Number(bytes.getBigInt64(at, true)),
  u1: (bytes, at) => bytes.getUint8(at),
};

export function isNumberType(type: string): type is NumberType {
  return Object.hasOwn(readers, type);
}

/** `bytes` as numbers, rounded to single precision. */
export function numbersOf(bytes: Buffer, type: NumberType, where: string): Float32Array {
  const size = Number(type.slice(1));
  if (bytes.length % size !== 0) throw refusal(where, `${bytes.length} bytes are no whole numbers of ${size}`);
  // A view where it can be: the largest layer of VGG16 has 400 MB.
  if (type === "f4" && bytes.byteOffset % 4 === 0) return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const read = readers[type];
  return Float32Array.from({ length: bytes.length / size }, (_, i) => read(view, i * size));
}

/** The number that a half-precision float's 16 bits stand for. */
function half(bits: number): number {
  const sign = bits >> 15 === 0 ? 1 : -1;
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}
