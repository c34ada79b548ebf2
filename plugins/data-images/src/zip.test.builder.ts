import { crc32, deflateRawSync } from "node:zlib";

export interface Packed {
  readonly name: string;
  readonly data: Buffer;
  readonly method?: number;
  readonly flags?: number;
  /** What the directory says instead of the truth. */
  readonly claims?: { readonly bytes?: number; readonly crc?: number; readonly offset?: number };
}

/** A zip archive of these entries; `zip64` says every size, and the place of the directory, in 64 bits. */
export function packZip(entries: readonly Packed[], { zip64 = false, comment = "" } = {}): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, data, method = 8, flags = 0, claims = {} } of entries) {
    const packed = method === 8 ? deflateRawSync(data) : data;
    const crc = claims.crc ?? crc32(data);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(flags, 6);
    local.writeUInt16LE(method, 8);
    local.writeUInt16LE(Buffer.byteLength(name), 26);
    const record = Buffer.alloc(46);
    record.writeUInt32LE(0x02014b50, 0);
    record.writeUInt16LE(flags, 8);
    record.writeUInt16LE(method, 10);
    record.writeUInt32LE(crc, 16);
    record.writeUInt16LE(Buffer.byteLength(name), 28);
    const sizes = [claims.bytes ?? data.length, packed.length, claims.offset ?? offset];
    const extra = Buffer.alloc(zip64 ? 28 : 0);
    if (zip64) {
      extra.writeUInt16LE(1, 0);
      extra.writeUInt16LE(24, 2);
      sizes.forEach((size, i) => extra.writeBigUInt64LE(BigInt(size), 4 + 8 * i));
    }
    [24, 20, 42].forEach((place, i) => record.writeUInt32LE(zip64 ? 0xffffffff : (sizes[i] as number), place));
    record.writeUInt16LE(extra.length, 30);
    directory.push(record, Buffer.from(name), extra);
    locals.push(local, Buffer.from(name), packed);
    offset += local.length + Buffer.byteLength(name) + packed.length;
  }
  const bytes = directory.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([...locals, ...directory, ...(zip64 ? [end64(entries.length, bytes, offset)] : []), end(entries.length, bytes, offset, zip64, comment)]);
}

function end(count: number, bytes: number, offset: number, zip64: boolean, comment: string): Buffer {
  const record = Buffer.alloc(22);
  record.writeUInt32LE(0x06054b50, 0);
  record.writeUInt16LE(zip64 ? 0xffff : count, 10);
  record.writeUInt32LE(zip64 ? 0xffffffff : bytes, 12);
  record.writeUInt32LE(zip64 ? 0xffffffff : offset, 16);
  record.writeUInt16LE(comment.length, 20);
  return Buffer.concat([record, Buffer.from(comment)]);
}

function end64(count: number, bytes: number, offset: number): Buffer {
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  [BigInt(count), BigInt(count), BigInt(bytes), BigInt(offset)].forEach((value, i) => record.writeBigUInt64LE(value, 24 + 8 * i));
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(offset + bytes), 8);
  return Buffer.concat([record, locator]);
}
