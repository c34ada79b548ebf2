// Python's pickles (https://github.com/python/cpython/blob/main/Lib/pickletools.py), as data: what would import or call anything is refused.
import { Global, Persistent, Tuple, type Pickled } from "./pickled.js";
import { refusal } from "./refusal.js";

/** What a pickle may call, by `module.name`; what is not here cannot be reached. */
export type Callables = Readonly<Record<string, (args: readonly Pickled[]) => Pickled>>;

const mark = Symbol("mark");
type Slot = Pickled | typeof mark;

export interface Unpickled {
  readonly value: Pickled;
  /** Where the next pickle begins. */
  readonly end: number;
}

/**
 * Reads one pickle of `bytes` from `start` on. It builds numbers, texts, tuples, lists and dictionaries, and calls nothing but `callables`,
 * which are functions of ours. Throws `METRIC_INPUT` for every other opcode or global, by name, and for what is truncated.
 */
export function unpickle(bytes: Buffer, start: number, callables: Callables, where: string): Unpickled {
  const reader = new PickleReader(bytes, start, callables, where);
  return { value: reader.read(), end: reader.at };
}

class PickleReader {
  at: number;
  readonly #stack: Slot[] = [];
  readonly #memo = new Map<number, Pickled>();

  constructor(readonly bytes: Buffer, start: number, readonly callables: Callables, readonly where: string) {
    this.at = start;
  }

  read(): Pickled {
    for (;;) {
      const opcode = this.#take(1)[0] ?? 0;
      if (opcode === 0x2e) return this.#pop(); // STOP
      const run = opcodes[opcode];
      if (run === undefined) throw refusal(this.where, `its pickle holds the opcode 0x${opcode.toString(16).padStart(2, "0")}, which weights do not need`);
      run(this.#machine);
    }
  }

  readonly #take = (count: number): Buffer => {
    if (this.at + count > this.bytes.length) throw refusal(this.where, "it ends in the middle of a pickle");
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  };

  readonly #pop = (): Pickled => {
    const value = this.#stack.pop();
    if (value === undefined || value === mark) throw refusal(this.where, "its pickle takes a value that is not there");
    return value;
  };

  readonly #machine: Machine = {
    take: this.#take,
    pop: this.#pop,
    push: (value) => void this.#stack.push(value),
    mark: () => void this.#stack.push(mark),
    toMark: () => {
      const at = this.#stack.lastIndexOf(mark);
      if (at < 0) throw refusal(this.where, "its pickle takes a list that never began");
      return this.#stack.splice(at).slice(1) as Pickled[];
    },
    line: () => {
      const end = this.bytes.indexOf(10, this.at);
      if (end < 0) throw refusal(this.where, "it ends in the middle of a pickle");
      return this.#take(end + 1 - this.at).subarray(0, -1).toString("utf8");
    },
    top: () => {
      const value = this.#pop();
      this.#stack.push(value);
      return value;
    },
    memorise: (key) => void this.#memo.set(key ?? this.#memo.size, this.#machine.top()),
    recall: (key) => {
      const value = this.#memo.get(key);
      if (value === undefined) throw refusal(this.where, "its pickle recalls what it never memorised");
      return value;
    },
    global: (module, name) => {
      if (!Object.hasOwn(this.callables, `${module}.${name}`)) throw refusal(this.where, `its pickle asks for ${module}.${name}, which weights do not need; nothing was executed`);
      return new Global(`${module}.${name}`);
    },
    call: (callee, args) => {
      const made = callee instanceof Global && args instanceof Tuple ? this.callables[callee.name]?.(args.items) : undefined;
      if (made === undefined) throw refusal(this.where, "its pickle calls something that is no function of tensors");
      return made;
    },
    fail: (what) => refusal(this.where, what),
  };
}

/** What an opcode may do. */
interface Machine {
  take(count: number): Buffer;
  pop(): Pickled;
  push(value: Pickled): void;
  mark(): void;
  toMark(): Pickled[];
  line(): string;
  top(): Pickled;
  memorise(key?: number): void;
  recall(key: number): Pickled;
  global(module: string, name: string): Global;
  call(callee: Pickled, args: Pickled): Pickled;
  fail(what: string): Error;
}

const opcodes: Readonly<Record<number, (machine: Machine) => void>> = {
  0x80: (m) => {
    const version = m.take(1)[0] ?? 0;
    if (version < 2 || version > 5) throw m.fail(`its pickle is of protocol ${version}; 2 to 5 are read`);
  },
  0x95: (m) => void m.take(8), // FRAME
  0x7d: (m) => m.push(new Map()),
  0x5d: (m) => m.push([]),
  0x29: (m) => m.push(new Tuple([])),
  0x28: (m) => m.mark(),
  0x74: (m) => m.push(new Tuple(m.toMark())),
  0x85: (m) => m.push(new Tuple([m.pop()])),
  0x86: (m) => m.push(new Tuple([m.pop(), m.pop()].toReversed())),
  0x87: (m) => m.push(new Tuple([m.pop(), m.pop(), m.pop()].toReversed())),
  0x71: (m) => m.memorise(m.take(1).readUInt8()),
  0x72: (m) => m.memorise(m.take(4).readUInt32LE()),
  0x94: (m) => m.memorise(),
  0x68: (m) => m.push(m.recall(m.take(1).readUInt8())),
  0x6a: (m) => m.push(m.recall(m.take(4).readUInt32LE())),
  0x58: (m) => m.push(m.take(m.take(4).readUInt32LE()).toString("utf8")),
  0x8c: (m) => m.push(m.take(m.take(1).readUInt8()).toString("utf8")),
  0x55: (m) => m.push(m.take(m.take(1).readUInt8()).toString("latin1")),
  0x54: (m) => m.push(m.take(m.take(4).readUInt32LE()).toString("latin1")),
  0x4a: (m) => m.push(m.take(4).readInt32LE()),
  0x4b: (m) => m.push(m.take(1).readUInt8()),
  0x4d: (m) => m.push(m.take(2).readUInt16LE()),
  0x8a: (m) => m.push(longOf(m.take(m.take(1).readUInt8()))),
  0x47: (m) => m.push(m.take(8).readDoubleBE()),
  0x88: (m) => m.push(true),
  0x89: (m) => m.push(false),
  0x4e: (m) => m.push(null),
  0x63: (m) => m.push(m.global(m.line(), m.line())),
  0x93: (m) => {
    const [name, module] = [m.pop(), m.pop()];
    if (typeof name !== "string" || typeof module !== "string") throw m.fail("its pickle names a global by something other than text");
    m.push(m.global(module, name));
  },
  0x52: (m) => {
    const args = m.pop();
    m.push(m.call(m.pop(), args));
  },
  0x51: (m) => m.push(new Persistent(m.pop())),
  0x62: (m) => {
    m.pop(); // the state of a dictionary, which is metadata of modules
    if (!(m.top() instanceof Map)) throw m.fail("its pickle gives a state to something other than a dictionary");
  },
  0x73: (m) => {
    const value = m.pop();
    setItems(m, [m.pop(), value]);
  },
  0x75: (m) => setItems(m, m.toMark()),
  0x61: (m) => appendItems(m, [m.pop()]),
  0x65: (m) => appendItems(m, m.toMark()),
};

function setItems(m: Machine, items: readonly Pickled[]): void {
  const dictionary = m.top();
  if (!(dictionary instanceof Map) || items.length % 2 !== 0) throw m.fail("its pickle sets items of something other than a dictionary");
  for (let i = 0; i < items.length; i += 2) dictionary.set(items[i] as Pickled, items[i + 1] as Pickled);
}

function appendItems(m: Machine, items: readonly Pickled[]): void {
  const list = m.top();
  if (!Array.isArray(list)) throw m.fail("its pickle appends to something other than a list");
  for (const item of items) (list as Pickled[]).push(item);
}

/** A little-endian integer in two's complement; beyond 2^53 it is rounded, as no size of a tensor is. */
function longOf(bytes: Buffer): number {
  let value = 0n;
  for (const byte of bytes.toReversed()) value = (value << 8n) | BigInt(byte);
  return Number(BigInt.asIntN(8 * bytes.length, value));
}
