export interface Tarred {
  readonly name: string;
  readonly data?: Buffer;
  /** What the header says instead of the truth. */
  readonly bytes?: number;
  /** "0" is a file. */
  readonly kind?: string;
}

/** A tar archive of these entries; a name beyond 100 characters goes into a record of `long`'s kind before it. */
export function packTar(entries: readonly Tarred[], { long = "pax", ended = true }: { readonly long?: "pax" | "gnu"; readonly ended?: boolean } = {}): Buffer {
  const parts = entries.flatMap(({ name, data = Buffer.alloc(0), bytes = data.length, kind = "0" }) => {
    const header = [headerOf(name.slice(0, 100), bytes, kind), padded(data)];
    if (Buffer.byteLength(name) <= 100) return header;
    const record = long === "gnu" ? Buffer.from(`${name}\0`) : paxRecord(`path=${name}`);
    return [headerOf(long === "gnu" ? "././@LongLink" : "PaxHeaders/x", record.length, long === "gnu" ? "L" : "x"), padded(record), ...header];
  });
  return Buffer.concat([...parts, Buffer.alloc(ended ? 1024 : 0)]);
}

function headerOf(name: string, bytes: number, kind: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write("0000644\0", 100);
  if (bytes < 8 ** 11) {
    header.write(bytes.toString(8).padStart(11, "0"), 124);
  } else {
    header[124] = 0x80;
    header.writeBigUInt64BE(BigInt(bytes), 128);
  }
  header.write("        ", 148);
  header.write(kind, 156);
  header.write("ustar\u000000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

function paxRecord(text: string): Buffer {
  const rest = Buffer.byteLength(text) + 2;
  let length = rest + 1;
  while (String(length).length + rest !== length) length += 1;
  return Buffer.from(`${length} ${text}\n`);
}

function padded(data: Buffer): Buffer {
  return Buffer.concat([data, Buffer.alloc((512 - (data.length % 512)) % 512)]);
}
