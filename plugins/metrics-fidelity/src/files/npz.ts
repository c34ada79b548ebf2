// NumPy's archives: a zip of .npy files, https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
import { isNumberType, numbersOf } from "./number-type.js";
import { refusal } from "./refusal.js";
import type { StoredTensor, Tensors } from "./tensors.js";
import { openZip } from "./zip-archive.js";

/** The arrays of an npz by name: numbers in C order and little endian, no objects. Throws `METRIC_INPUT`, which names `where`. */
export function readNpz(file: Buffer, where: string): Tensors {
  const archive = openZip(file, where);
  return new Map(archive.names.map((name) => [name.replace(/\.npy$/, ""), readNpy(archive.read(name), `${name} of ${where}`)]));
}

function readNpy(bytes: Buffer, where: string): StoredTensor {
  if (bytes.length < 12 || bytes.toString("latin1", 0, 6) !== "\x93NUMPY") throw refusal(where, "it is no array of NumPy's");
  const wide = (bytes[6] ?? 0) > 1;
  const start = (wide ? 12 : 10) + (wide ? bytes.readUInt32LE(8) : bytes.readUInt16LE(8));
  const header = bytes.toString("latin1", wide ? 12 : 10, start);
  const [, type = ""] = /'descr': '[<|]([^']+)'/.exec(header) ?? [];
  const [, sides] = /'shape': \(([\d, ]*)\)/.exec(header) ?? [];
  if (!isNumberType(type) || sides === undefined || !header.includes("'fortran_order': False")) throw refusal(where, `it is an array of a kind that is not read (${header.trim().slice(0, 200)})`);
  const shape = sides.split(",").filter((side) => side.trim() !== "").map(Number);
  const data = bytes.subarray(start);
  const size = shape.reduce((product, side) => product * side, 1) * Number(type.slice(1));
  if (data.length !== size) throw refusal(where, `it holds ${data.length} bytes instead of ${size}`);
  return { shape, read: () => numbersOf(data, type, where).slice() };
}
