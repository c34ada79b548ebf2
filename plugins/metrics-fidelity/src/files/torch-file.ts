// What torch.save writes (https://github.com/pytorch/pytorch/blob/main/torch/serialization.py): a zip since 1.6, four pickles and raw storages before.
import { decodeNumbers, readEntry, readZip, type NumberType, type SourceFile } from "@idgan/core";
import { Global, Persistent, TensorView, Tuple, type Pickled } from "./pickled.js";
import { refusal } from "./refusal.js";
import type { Tensors } from "./tensors.js";
import { unpickle, type Callables } from "./unpickle.js";

/** The first pickle of a file in the older form, as a double rounds it. */
const magic = Number(0x1950a86a20f9469cfc6cn);
const legacyProtocol = 1001;

const storages: Readonly<Record<string, NumberType>> = Object.fromEntries(
  Object.entries({ FloatStorage: "f4", HalfStorage: "f2", DoubleStorage: "f8", LongStorage: "i8", IntStorage: "i4", ByteStorage: "u1" } as const).map(([name, type]) => [
    `torch.${name}`,
    { name: type, bytes: Number(type[1]), littleEndian: true },
  ]),
);

/** A pickle of hundreds of tensors has some 100 KB; a storage of VGG16's largest layer 411 MB. */
const [largestPickle, largestStorage] = [2 ** 26, 2 ** 31 - 1];

const never = (name: string) => (): Pickled => new Global(name);

/** All that a state dictionary is made of. */
const callables: Callables = {
  ...Object.fromEntries(Object.keys(storages).map((name) => [name, never(name)])),
  "collections.OrderedDict": (args) => new Map(pairsOf(args[0])),
  "torch._utils._rebuild_tensor_v2": rebuildTensor,
  "torch._utils._rebuild_parameter": ([tensor = null]) => tensor,
};

interface Storage {
  readonly type: NumberType;
  readonly key: string;
  readonly count: number;
}

/**
 * The tensors of a state dictionary that `torch.save` wrote, by name. The pickle in it is read as data: nothing of it is executed.
 * Throws `METRIC_INPUT` or `DATA_INVALID`, which name the file, for what is truncated, or holds anything else.
 */
export async function readTorchFile(source: SourceFile): Promise<Tensors> {
  const where = source.path;
  const start = await source.read(0, Math.min(source.bytes, 4));
  const { value, bytesOf } = start.toString("latin1").startsWith("PK") ? await readZipForm(source) : readOlderForm(await source.read(0, source.bytes), where);
  if (!(value instanceof Map)) throw refusal(where, "it holds no dictionary of tensors");
  return new Map(
    [...value].map(([name, view]) => {
      if (typeof name !== "string" || !(view instanceof TensorView)) throw refusal(where, `its entry ${JSON.stringify(name)} is no tensor under a name`);
      return [name, { shape: view.shape, read: () => readView(view, bytesOf, `${name} of ${where}`) }];
    }),
  );
}

interface Opened {
  readonly value: Pickled;
  bytesOf(storage: Storage): Buffer;
}

async function readZipForm(source: SourceFile): Promise<Opened> {
  const where = source.path;
  const { entries } = await readZip(source);
  const pickle = entries.find(({ name }) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickle === undefined) throw refusal(where, "it is a zip, and none that torch.save wrote");
  const folder = pickle.name.slice(0, -"data.pkl".length);
  const parts = new Map<string, Buffer>();
  for (const entry of entries) {
    if (entry.name.startsWith(`${folder}data/`) || entry.name === `${folder}byteorder`) parts.set(entry.name.slice(folder.length), await readEntry(source, entry, largestStorage));
  }
  if ((parts.get("byteorder")?.toString() ?? "little") !== "little") throw refusal(where, "its numbers are in big-endian order");
  const { value } = unpickle(await readEntry(source, pickle, largestPickle), 0, callables, where);
  return {
    value,
    bytesOf({ key }) {
      const bytes = parts.get(`data/${key}`);
      if (bytes === undefined) throw refusal(where, `its storage ${key} is missing`);
      return bytes;
    },
  };
}

function readOlderForm(file: Buffer, where: string): Opened {
  const next = (start: number) => unpickle(file, start, callables, where);
  if (file[0] !== 0x80) throw refusal(where, "it is no file that torch.save wrote");
  const first = next(0);
  if (first.value !== magic) throw refusal(where, "it is no file that torch.save wrote");
  const protocol = next(first.end);
  if (protocol.value !== legacyProtocol) throw refusal(where, `it is of the protocol ${String(protocol.value)}`);
  const system = next(protocol.end);
  if (!(system.value instanceof Map) || system.value.get("little_endian") !== true) throw refusal(where, "its numbers are in big-endian order");
  const content = next(system.end);
  const keys = next(content.end);
  if (!Array.isArray(keys.value)) throw refusal(where, "it does not list its storages");
  const offsets = new Map<string, number>();
  const described = storagesIn(content.value, where);
  let at = keys.end;
  for (const key of keys.value) {
    if (at + 8 > file.length) throw refusal(where, "it ends before its storages do");
    const count = Number(file.readBigInt64LE(at));
    const storage = described.get(String(key));
    if (storage === undefined || storage.count !== count) throw refusal(where, `its storage ${String(key)} holds ${count} numbers, and its pickle says ${storage?.count ?? "nothing of it"}`);
    offsets.set(String(key), at + 8);
    at += 8 + count * storage.type.bytes;
  }
  if (at > file.length) throw refusal(where, "it ends before its storages do");
  return {
    value: content.value,
    bytesOf({ key, count, type }) {
      const start = offsets.get(key);
      if (start === undefined) throw refusal(where, `its storage ${key} is missing`);
      return file.subarray(start, start + count * type.bytes);
    },
  };
}

function storagesIn(value: Pickled, where: string): ReadonlyMap<string, Storage> {
  const views = value instanceof Map ? [...value.values()].filter((each) => each instanceof TensorView) : [];
  return new Map(views.map((view) => storageOf(view, where)).map((storage) => [storage.key, storage]));
}

function storageOf({ storage: { id } }: TensorView, where: string): Storage {
  const [word, kind, key, , count] = id instanceof Tuple ? id.items : [];
  const type = kind instanceof Global ? storages[kind.name] : undefined;
  if (word !== "storage" || type === undefined || typeof key !== "string" || !isSize(count)) throw refusal(where, "a tensor of it lies in no storage of numbers");
  return { type, key, count };
}

function rebuildTensor([storage, offset, shape, strides]: readonly Pickled[]): Pickled {
  const sizes = (value: Pickled | undefined): readonly number[] | undefined => (value instanceof Tuple && value.items.every(isSize) ? (value.items as readonly number[]) : undefined);
  const [sides, steps] = [sizes(shape), sizes(strides)];
  // What is no tensor is refused where its name is known.
  if (!(storage instanceof Persistent) || !isSize(offset) || sides === undefined || steps?.length !== sides.length) return null;
  return new TensorView(storage, offset, sides, steps);
}

/** The numbers of a tensor in C order. A view may not hold more numbers than its storage, so that a small file cannot ask for all memory. */
function readView(view: TensorView, bytesOf: Opened["bytesOf"], where: string): Float32Array {
  const storage = storageOf(view, where);
  const { offset, shape, strides } = view;
  const count = shape.reduce((product, side) => product * side, 1);
  const last = shape.reduce((sum, side, axis) => sum + (side - 1) * (strides[axis] ?? 0), offset);
  if (count > storage.count || (count > 0 && last >= storage.count)) throw refusal(where, `it takes ${count} numbers up to ${last} of a storage of ${storage.count}`);
  const bytes = bytesOf(storage);
  if (bytes.length < storage.count * storage.type.bytes) throw refusal(where, `its storage holds ${bytes.length} bytes instead of ${storage.count * storage.type.bytes}`);
  const numbers = numbersOf(bytes.subarray(0, storage.count * storage.type.bytes), storage.type);
  if (isPlain(view)) return numbers.slice(offset, offset + count);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i += 1) values[i] = numbers[placeOf(i, view)] ?? 0;
  return values;
}

/** In single precision; a view where the bytes allow it, since the largest layer of VGG16 has 411 MB. */
function numbersOf(bytes: Buffer, type: NumberType): Float32Array {
  return type.name === "f4" && bytes.byteOffset % 4 === 0 ? new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4) : Float32Array.from(decodeNumbers(bytes, type));
}

/** Whether the numbers lie in C order, one beside the other. */
function isPlain({ shape, strides }: TensorView): boolean {
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    if (shape[axis] !== 1 && strides[axis] !== step) return false;
    step *= shape[axis] ?? 1;
  }
  return true;
}

function placeOf(index: number, { offset, shape, strides }: TensorView): number {
  let [place, rest] = [offset, index];
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    const side = shape[axis] ?? 1;
    place += (rest % side) * (strides[axis] ?? 0);
    rest = Math.floor(rest / side);
  }
  return place;
}

/** The items of an OrderedDict in its older form, a list of pairs. */
function pairsOf(given: Pickled | undefined): (readonly [Pickled, Pickled])[] {
  if (!Array.isArray(given)) return [];
  return given.flatMap((pair) => {
    const [key = null, value = null] = Array.isArray(pair) ? pair : pair instanceof Tuple ? pair.items : [];
    return [[key, value] as const];
  });
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
