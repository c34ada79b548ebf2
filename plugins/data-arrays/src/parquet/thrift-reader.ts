// Thrift's compact protocol (https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md), in which Parquet describes itself.

/** What reads each field of a struct that is wanted, by the number of the field; all others are skipped. */
export type Fields = Readonly<Record<number, () => void>>;

/** Structs and lists inside one another; Parquet's own go to seven. */
const mostDepth = 32;
/** Bytes of an integer of 64 bits. */
const longestInteger = 10;

const types = { yes: 1, no: 2, byte: 3, short: 4, int: 5, long: 6, double: 7, bytes: 8, list: 9, set: 10, map: 11, struct: 12, uuid: 13 } as const;

/**
 * Reads one value after the other; whatever is not as it should be is an `Error`.
 * It makes nothing of what it skips, and no list has more elements than there are bytes: a hostile file costs what its length costs, and no more.
 */
export class ThriftReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  /** Of the value that comes next. */
  #type: number = types.struct;
  #depth = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Bytes that were read. */
  get at(): number {
    return this.#at;
  }

  struct(fields: Fields): void {
    this.#expect("a struct", types.struct);
    this.#inside(() => {
      let field = 0;
      for (let head = this.#byte(); (head & 15) !== 0; head = this.#byte()) {
        field = head >> 4 === 0 ? this.#signed() : field + (head >> 4);
        this.#type = head & 15;
        const read = fields[field] ?? (() => this.skip());
        read();
      }
    });
  }

  /** Calls `read` for each element. */
  list(read: () => void): void {
    this.#expect("a list", types.list, types.set);
    const head = this.#byte();
    const count = head >> 4 === 15 ? this.#varint() : head >> 4;
    if (count > this.#bytes.length - this.#at) throw new Error(`a list of ${count} elements in ${this.#bytes.length - this.#at} bytes`);
    // A field's type says its truth; an element of a list takes a byte.
    const type = (head & 15) <= types.no ? types.byte : head & 15;
    this.#inside(() => {
      for (let i = 0; i < count; i += 1) {
        this.#type = type;
        read();
      }
    });
  }

  boolean(): boolean {
    this.#expect("yes or no", types.yes, types.no);
    return this.#type === types.yes;
  }

  /** Exact up to 2^53; beyond, it is as large as it should be. */
  integer(): number {
    this.#expect("an integer", types.byte, types.short, types.int, types.long);
    return this.#type === types.byte ? (this.#byte() << 24) >> 24 : this.#signed();
  }

  text(): string {
    this.#expect("a text", types.bytes);
    return Buffer.from(this.#take(this.#varint())).toString();
  }

  skip(): void {
    const type = this.#type;
    if (type === types.struct) this.struct({});
    else if (type === types.list || type === types.set) this.list(() => this.skip());
    else if (type === types.map) this.#skipMap();
    else if (type === types.bytes) this.#take(this.#varint());
    else if (type >= types.short && type <= types.long) this.#varint();
    else if (type === types.byte) this.#byte();
    else if (type === types.double) this.#take(8);
    else if (type === types.uuid) this.#take(16);
    else if (type !== types.yes && type !== types.no) throw new Error(`a value of the unknown type ${type}`);
  }

  #skipMap(): void {
    const count = this.#varint();
    if (count === 0) return;
    const pair = this.#byte();
    this.#inside(() => {
      for (let i = 0; i < count; i += 1) {
        for (const type of [pair >> 4, pair & 15]) {
          this.#type = type <= types.no ? types.byte : type;
          this.skip();
        }
      }
    });
  }

  #inside(read: () => void): void {
    if (this.#depth === mostDepth) throw new Error(`values that lie in more than ${mostDepth} others`);
    this.#depth += 1;
    read();
    this.#depth -= 1;
  }

  #expect(what: string, ...allowed: readonly number[]): void {
    if (!allowed.includes(this.#type)) throw new Error(`a value of type ${this.#type} where there should be ${what}`);
  }

  #signed(): number {
    return fromZigzag(this.#varint());
  }

  #varint(): number {
    let value = 0;
    for (let i = 0; i < longestInteger; i += 1) {
      const byte = this.#byte();
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return value;
    }
    throw new Error("an integer of more than 64 bits");
  }

  #byte(): number {
    return this.#take(1)[0] as number;
  }

  #take(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#at) throw new Error("it is cut off");
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}

/** The number that a zigzag's counts: 0, -1, 1, -2, … */
export function fromZigzag(place: number): number {
  return place % 2 === 0 ? place / 2 : -(place + 1) / 2;
}
