// tf.train.Example as protocol buffers put it: features (1) › map entries (1) › key (1), feature (2) › bytes list (1), float list (2) or int64 list (3).

/** The features of one example; floats are left out. */
export interface Example {
  /** The first of each list of bytes. */
  readonly bytes: ReadonlyMap<string, Buffer>;
  readonly ints: ReadonlyMap<string, readonly number[]>;
}

/** Lists of integers that are read further; a shape has three. */
const mostInts = 16;

/** Reads an example. What is none is an `Error` that says why. */
export function readExample(message: Buffer): Example {
  const bytes = new Map<string, Buffer>();
  const ints = new Map<string, readonly number[]>();
  for (const features of fieldsOf(message, 1)) {
    for (const entry of fieldsOf(features, 1)) {
      const [key] = fieldsOf(entry, 1);
      const [feature] = fieldsOf(entry, 2);
      if (key === undefined || feature === undefined) continue;
      const [byteList] = fieldsOf(feature, 1);
      const [value] = byteList === undefined ? [] : fieldsOf(byteList, 1);
      if (value !== undefined) bytes.set(key.toString(), value);
      const [intList] = fieldsOf(feature, 3);
      if (intList !== undefined) ints.set(key.toString(), integersOf(intList));
    }
  }
  return { bytes, ints };
}

/** The values of field `wanted` that have a length: messages, text, bytes, packed numbers. */
function fieldsOf(message: Buffer, wanted: number): Buffer[] {
  const found: Buffer[] = [];
  for (const { field, value } of parse(message)) {
    if (field === wanted && typeof value !== "number") found.push(value);
  }
  return found;
}

/** An int64 list, packed or not. */
function integersOf(list: Buffer): number[] {
  const values: number[] = [];
  for (const { field, value } of parse(list)) {
    if (field !== 1) continue;
    if (typeof value === "number") values.push(value);
    else for (let at = 0; at < value.length && values.length < mostInts; ) values.push(varint(value, at, (next) => (at = next)));
    if (values.length >= mostInts) break;
  }
  return values;
}

function* parse(message: Buffer): Generator<{ readonly field: number; readonly value: Buffer | number }> {
  let at = 0;
  const read = (): number => varint(message, at, (next) => (at = next));
  while (at < message.length) {
    const tag = read();
    const field = Math.floor(tag / 8);
    const wire = tag % 8;
    if (wire === 0) {
      yield { field, value: read() };
    } else if (wire === 2) {
      const length = read();
      if (at + length > message.length) throw new Error("it is no tf.train.Example: a field is longer than the record");
      yield { field, value: message.subarray(at, at + length) };
      at += length;
    } else if (wire === 1 || wire === 5) {
      at += wire === 1 ? 8 : 4;
    } else {
      throw new Error(`it is no tf.train.Example: a field has the wire type ${wire}`);
    }
  }
}

function varint(bytes: Buffer, start: number, move: (next: number) => void): number {
  let value = 0;
  for (let i = 0; i < 10; i += 1) {
    const byte = bytes[start + i];
    if (byte === undefined) break;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) {
      move(start + i + 1);
      return value;
    }
  }
  throw new Error("it is no tf.train.Example: a number is cut off");
}
