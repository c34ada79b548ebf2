// A writer of small Parquet files that say what a test wants them to say.

/** A value of Thrift's compact protocol: its type, and its bytes. */
interface Thrift {
  readonly type: number;
  readonly bytes: Buffer;
}

export function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push(rest < 128 ? rest : (rest % 128) + 128);
    if (rest < 128) return Buffer.from(bytes);
  }
}

const integer = (value: number): Thrift => ({ type: 6, bytes: varint(value < 0 ? -2 * value - 1 : 2 * value) });
const text = (value: string): Thrift => ({ type: 8, bytes: Buffer.concat([varint(Buffer.byteLength(value)), Buffer.from(value)]) });

/** A list of structs or texts; `count` may say another number than there are. */
const list = (values: readonly Thrift[], count = values.length): Thrift => ({ type: 9, bytes: Buffer.concat([Buffer.of(0xf0 | (values[0]?.type ?? 12)), varint(count), ...values.map(({ bytes }) => bytes)]) });

function struct(fields: Readonly<Record<number, Thrift | undefined>>): Thrift {
  let last = 0;
  const parts = Object.entries(fields).flatMap(([key, value]) => {
    if (value === undefined) return [];
    const head = Buffer.of(((Number(key) - last) << 4) | value.type);
    last = Number(key);
    return [head, value.bytes];
  });
  return { type: 12, bytes: Buffer.concat([...parts, Buffer.of(0)]) };
}

export interface PageSaid {
  readonly kind?: number;
  readonly count: number;
  readonly encoding?: number;
  /** What the header says of the body's bytes, unpacked and packed. */
  readonly unpacked?: number;
  readonly packed?: number;
}

/** A page with its header. */
export function page(body: Buffer, { kind = 0, count, encoding = 0, unpacked = body.length, packed = body.length }: PageSaid): Buffer {
  const said = struct({ 1: integer(count), 2: integer(encoding), ...(kind === 0 ? { 3: integer(3), 4: integer(3) } : {}) });
  return Buffer.concat([struct({ 1: integer(kind), 2: integer(unpacked), 3: integer(packed), [kind === 2 ? 7 : 5]: said }).bytes, body]);
}

/** Values as PLAIN has them: each after its length. */
export function plain(values: readonly Uint8Array[]): Buffer {
  return Buffer.concat(values.flatMap((value) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(value.length);
    return [length, value];
  }));
}

export interface FileSaid {
  readonly rows: number;
  readonly values?: number;
  readonly codec?: number;
  readonly offset?: number;
  readonly bytes?: number;
  readonly type?: number;
  readonly file?: string;
  /** Fields that the root of the schema says it has. */
  readonly children?: number;
  /** How often the row group is there, and how many there are said to be. */
  readonly groups?: number;
  readonly groupCount?: number;
  readonly magic?: string;
  /** The footer, instead of all that. */
  readonly footer?: Buffer;
}

/** A file with one column of required bytes, `image`, in these pages. */
export function parquet(pages: Buffer, { rows, values = rows, codec = 0, offset = 4, bytes = pages.length, type = 6, file, children = 1, groups = 1, groupCount = groups, magic = "PAR1", footer }: FileSaid): Buffer {
  const chunk = struct({ 1: integer(type), 3: list([text("image")]), 4: integer(codec), 5: integer(values), 7: integer(bytes), 9: integer(offset) });
  const group = struct({ 1: list([struct({ ...(file === undefined ? {} : { 1: text(file) }), 3: chunk })]), 3: integer(rows) });
  const schema = list([struct({ 4: text("schema"), 5: integer(children) }), struct({ 1: integer(6), 3: integer(0), 4: text("image") })]);
  const said = footer ?? struct({ 1: integer(2), 2: schema, 3: integer(rows), 4: list(Array.from({ length: groups }, () => group), groupCount) }).bytes;
  const length = Buffer.alloc(4);
  length.writeUInt32LE(said.length);
  return Buffer.concat([Buffer.from("PAR1"), pages, said, length, Buffer.from(magic)]);
}
