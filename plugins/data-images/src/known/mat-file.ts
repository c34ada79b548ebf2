// MATLAB's MAT-file of level 5, as far as an array of structs of numbers and texts: https://www.mathworks.com/help/pdf_doc/matlab/matfile_format.pdf
import { inflateSync } from "node:zlib";

/** One struct: its fields that are a number or a text. */
export type MatStruct = Readonly<Record<string, number | string | undefined>>;

interface Element {
  readonly type: number;
  readonly data: Buffer;
}

const headerBytes = 128;
const compressed = 15;
const matrix = 14;
const structClass = 2;
const charClass = 4;
const numberClasses = { first: 6, last: 15 } as const;
const most = 2 ** 28;

/** The array of structs called `name`. What is no such file is an `Error` that says why. */
export function readMatStructs(file: Buffer, name: string): readonly MatStruct[] {
  if (file.length < headerBytes || file.toString("latin1", 126, 128) !== "IM") throw new Error("it is no MAT-file of level 5 in little-endian order");
  for (const element of elementsOf(file.subarray(headerBytes))) {
    const [whole] = element.type === compressed ? elementsOf(inflateSync(element.data, { maxOutputLength: most })) : [element];
    if (whole?.type !== matrix) continue;
    const parts = [...elementsOf(whole.data)];
    if (parts[2]?.data.toString("latin1") === name && classOf(parts[0]) === structClass) return structsOf(parts);
  }
  throw new Error(`it holds no array of structs called "${name}"`);
}

/** Flags, sides, name, length of a field's name, names of the fields, and then every field of every struct. */
function structsOf([, sides, , nameLength, names, ...values]: readonly Element[]): MatStruct[] {
  const width = nameLength?.data.readInt32LE(0) ?? 0;
  if (sides === undefined || names === undefined || width < 1) throw new Error("its structs have no fields");
  const fields = Array.from({ length: Math.floor(names.data.length / width) }, (_, i) => names.data.toString("latin1", i * width, (i + 1) * width).replace(/\0.*$/s, ""));
  const count = fields.length === 0 ? 0 : Math.floor(values.length / fields.length);
  return Array.from({ length: count }, (_, row) => Object.fromEntries(fields.map((field, column) => [field, valueOf(values[row * fields.length + column])])));
}

/** The one number, or the text, that a matrix holds. */
function valueOf(element: Element | undefined): number | string | undefined {
  if (element?.type !== matrix) return undefined;
  const [flags, , , real] = [...elementsOf(element.data)];
  const kind = classOf(flags);
  if (real === undefined || kind === undefined) return undefined;
  if (kind === charClass) return textOf(real);
  return kind >= numberClasses.first && kind <= numberClasses.last ? numberOf(real) : undefined;
}

function classOf(flags: Element | undefined): number | undefined {
  return flags?.data[0];
}

function textOf({ type, data }: Element): string {
  return type === 4 || type === 17 ? data.toString("utf16le") : data.toString("utf8");
}

function numberOf({ type, data }: Element): number | undefined {
  const readers: Readonly<Record<number, readonly [bytes: number, read: () => number]>> = {
    1: [1, () => data.readInt8(0)],
    2: [1, () => data.readUInt8(0)],
    3: [2, () => data.readInt16LE(0)],
    4: [2, () => data.readUInt16LE(0)],
    5: [4, () => data.readInt32LE(0)],
    6: [4, () => data.readUInt32LE(0)],
    7: [4, () => data.readFloatLE(0)],
    9: [8, () => data.readDoubleLE(0)],
  };
  const [bytes, read] = readers[type] ?? [];
  return bytes !== undefined && read !== undefined && data.length >= bytes ? read() : undefined;
}

/** The elements that lie one after the other; up to four bytes lie in the tag itself, more are padded to eight, but for what is compressed. */
function* elementsOf(bytes: Buffer): Generator<Element> {
  for (let at = 0; at + 8 <= bytes.length; ) {
    const short = bytes.readUInt16LE(at + 2);
    if (short !== 0) {
      yield { type: bytes.readUInt16LE(at), data: bytes.subarray(at + 4, at + 4 + Math.min(4, short)) };
      at += 8;
      continue;
    }
    const type = bytes.readUInt32LE(at);
    const length = bytes.readUInt32LE(at + 4);
    if (at + 8 + length > bytes.length) throw new Error("it ends inside an element");
    yield { type, data: bytes.subarray(at + 8, at + 8 + length) };
    at += 8 + (type === compressed ? length : Math.ceil(length / 8) * 8);
  }
}
