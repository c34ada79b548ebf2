// Parquet's hybrid of run lengths and packed bits: https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE

/** `count` numbers of `width` bits; an `Error` where `bytes` do not hold them. */
export function readRuns(bytes: Uint8Array, width: number, count: number): Uint32Array {
  if (width > 32) throw new Error(`numbers of ${width} bits`);
  const values = new Uint32Array(count);
  const reader = new BitReader(bytes);
  for (let done = 0; done < count; ) {
    const head = reader.varint();
    const left = count - done;
    if (head % 2 === 1) {
      const packed = 8 * Math.floor(head / 2);
      const wanted = Math.min(packed, left);
      const start = reader.at;
      for (let i = 0; i < wanted; i += 1) values[done + i] = reader.bits(width);
      reader.at = start + (packed * width) / 8;
      done += wanted;
    } else {
      const repeated = Math.min(head / 2, left);
      values.fill(reader.bits(8 * Math.ceil(width / 8)), done, done + repeated);
      done += repeated;
    }
  }
  return values;
}

/** Reads numbers of whole bytes and of bits, the lowest first; an `Error` where there are no more. */
export class BitReader {
  readonly #bytes: Uint8Array;
  /** The byte that is next, as a fraction where some of its bits were taken. */
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** A number of `width` bits, up to 32. */
  bits(width: number): number {
    let value = 0;
    for (let done = 0; done < width; ) {
      const byte = this.#bytes[Math.floor(this.at)];
      if (byte === undefined) throw new Error("its numbers are cut off");
      const used = (this.at % 1) * 8;
      const taken = Math.min(8 - used, width - done);
      value += ((byte >> used) & (2 ** taken - 1)) * 2 ** done;
      done += taken;
      this.at += taken / 8;
    }
    return value;
  }

  /** A number of as many bytes as it takes, up to 32 bits. */
  varint(): number {
    let value = 0;
    for (let i = 0; i < 5; i += 1) {
      const byte = this.bits(8);
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return value;
    }
    throw new Error("it has a number of more than 32 bits");
  }
}
