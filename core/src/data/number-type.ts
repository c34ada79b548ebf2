import type { NumberType } from "./npy-header.js";

/** The numbers in `bytes`, a whole number of them, as 64-bit floats; integers beyond 2^53 are rounded. */
export function decodeNumbers(bytes: Buffer, { name, bytes: width, littleEndian }: NumberType): Float64Array {
  const numbers = new Float64Array(Math.floor(bytes.length / width));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = readers[name];
  for (let i = 0; i < numbers.length; i += 1) numbers[i] = read(view, i * width, littleEndian);
  return numbers;
}

const readers: Readonly<Record<NumberType["name"], (view: DataView, at: number, littleEndian: boolean) => number>> = {
  b1: (view, at) => (view.getUint8(at) === 0 ? 0 : 1),
  u1: (view, at) => view.getUint8(at),
  i1: (view, at) => view.getInt8(at),
  u2: (view, at, little) => view.getUint16(at, little),
  i2: (view, at, little) => view.getInt16(at, little),
  f2: (view, at, little) => half(view.getUint16(at, little)),
  u4: (view, at, little) => view.getUint32(at, little),
  i4: (view, at, little) => view.getInt32(at, little),
  f4: (view, at, little) => view.getFloat32(at, little),
  u8: (view, at, little) => Number(view.getBigUint64(at, little)),
  i8: (view, at, little) => Number(view.getBigInt64(at, little)),
  f8: (view, at, little) => view.getFloat64(at, little),
};

/** A float of 16 bits: IEEE 754's binary16. */
function half(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
