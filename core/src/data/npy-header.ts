// NumPy's .npy format, versions 1 to 3: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
import { IdganError } from "../contract/error.js";

/** How numbers lie in an array's bytes. */
export interface NumberType {
  /** `b1`, `u1`, `i8`, `f4`, …: what it is, and how many bytes. */
  readonly name: (typeof numberTypes)[number];
  readonly bytes: number;
  readonly littleEndian: boolean;
}

export interface NpyHeader {
  readonly type: NumberType;
  readonly shape: readonly number[];
  /** Last index fastest (C); otherwise the first (Fortran). */
  readonly rowMajor: boolean;
  /** Bytes before the first number. */
  readonly offset: number;
}

const numberTypes = ["b1", "u1", "i1", "u2", "i2", "f2", "u4", "i4", "f4", "u8", "i8", "f8"] as const;
const magic = Buffer.from("\x93NUMPY", "latin1");
/** Bytes that are enough for the header of any array of plain numbers. */
export const headerBytes = 2 ** 16;

/** Reads the header of the array that `start`, its first bytes, belongs to. `name` is for messages. Throws `DATA_INVALID`. */
export function readNpyHeader(start: Buffer, name: string): NpyHeader {
  const invalid = (what: string) => new IdganError("DATA_INVALID", `The array ${name} cannot be read: ${what}. Save it again with numpy.save or numpy.savez, as numbers.`);
  if (start.length < 10 || !start.subarray(0, 6).equals(magic)) throw invalid("it does not begin as a .npy file");
  const version = start[6] as number;
  if (version < 1 || version > 3) throw invalid(`its format has the version ${version}`);
  const from = version === 1 ? 10 : 12;
  if (start.length < from) throw invalid("its header is cut off");
  const length = version === 1 ? start.readUInt16LE(8) : start.readUInt32LE(8);
  if (from + length > start.length) throw invalid("its header is cut off, or too long for plain numbers");
  const text = start.toString("latin1", from, from + length);
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const sides = /'shape'\s*:\s*\(([^)]*)\)/.exec(text)?.[1];
  if (order === undefined || sides === undefined) throw invalid("its header is no description of an array");
  if (descr === undefined) throw invalid("its items are records, not numbers");
  if (descr.endsWith("O")) throw invalid("it holds pickled Python objects, which may run any program when read, and are never read here");
  const [, byteOrder, kind] = /^([<>|=]?)(.*)$/.exec(descr) ?? [];
  const type = numberTypes.find((each) => each === kind);
  if (type === undefined) throw invalid(`its type "${descr}" is none of ${numberTypes.join(", ")}`);
  const shape = sides.split(",").map((side) => side.trim()).filter((side) => side !== "").map((side) => (/^\d+$/.test(side) ? Number(side) : Number.NaN));
  if (!Number.isSafeInteger(shape.reduce((product, side) => product * side, 8))) throw invalid(`its shape (${sides}) is none`);
  return { type: { name: type, bytes: Number(type[1]), littleEndian: byteOrder !== ">" }, shape, rowMajor: order === "False", offset: from + length };
}

/** How many numbers an array of this shape has. */
export function countOf(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}
