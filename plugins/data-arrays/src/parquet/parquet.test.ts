import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { createStream, type SourceFile } from "@idgan/core";
import test from "ava";
import sharp from "sharp";
import { levels, open, openBytes, refusal, temporary } from "../arrays.test.builder.js";
import { readColumn } from "./column-reader.js";
import { unpackSnappy } from "./snappy.js";
import { page, parquet, plain, varint, type FileSaid } from "./parquet.test.builder.js";

const fixtures = fileURLToPath(new URL("../../../../test/fixtures/", import.meta.url));
/** Rows of the fixtures that have pictures; each is of the colour (20 row, 255 - 20 row, 7). */
const rows = [0, 1, 2, 3, 4, 7];

const picture = await sharp({ create: { width: 6, height: 5, channels: 3, background: { r: 10, g: 20, b: 30 } } }).png().toBuffer();
const three = page(plain([picture, picture, picture]), { count: 3 });

for (const written of ["snappy", "gzip", "brotli", "zstd", "none", "lengths", "strings", "pages"]) {
  test(`Hugging Face's Parquet, ${written}, is read row by row, and rows without a picture are skipped`, async (t) => {
    const dataset = await open(t, await temporary(t), join(fixtures, `parquet_images_${written}.parquet`));
    t.deepEqual([dataset.size, dataset.image.channels], [6, 3]);
    const found = await levels(dataset);
    for (const [place, row] of rows.entries()) t.deepEqual(found.slice(place * 48, place * 48 + 3), [20 * row, 255 - 20 * row, 7]);
    t.is(dataset.notes?.length, 3);
    t.regex(dataset.notes?.[1] ?? "", /The row 5 of/);
    t.regex(dataset.notes?.[2] ?? "", /The row 6 of .*no bytes/);
  });
}

test("Parquet with plain bytes is read too, by name or not; one without pictures, or damaged, is refused", async (t) => {
  const folder = await temporary(t);
  const flat = join(fixtures, "parquet_images_flat.parquet");
  t.is((await open(t, folder, flat)).size, 8);
  t.is((await open(t, folder, flat, { column: "picture", channels: 1 })).image.channels, 1);
  await refusal(t, open(t, folder, flat, { column: "title" }), /no column of pictures called "title".*id, title, picture/);
  await refusal(t, open(t, folder, join(fixtures, "parquet_images_without.parquet")), /no column of pictures.*id, title/);
  const bytes = await readFile(flat);
  await refusal(t, openBytes(t, "x.parquet", bytes.subarray(0, 900)), /no Parquet file, or is truncated/);
  await refusal(t, openBytes(t, "x.parquet", Buffer.from("PAR1")), /no Parquet file/);
  const garbled = Buffer.from(bytes);
  garbled.fill(0xaa, 4, 200);
  await refusal(t, openBytes(t, "x.parquet", garbled), /cannot be read as a Parquet file: row group 0, the page at byte 196: it is cut off/);
});

/** Found by test/fuzz; what each did is in the README beside them. */
for (const seed of [20, 535, 1567, 1685, 1993, 2058, 4580]) {
  test.serial(`the damaged Parquet of the fuzz's seed ${seed} is refused`, async (t) => {
    const spent = process.cpuUsage();
    await refusal(t, open(t, await temporary(t), join(fixtures, `fuzz/parquet-${seed}.parquet`)), /cannot be read as a Parquet file|None of the/);
    const { user, system } = process.cpuUsage(spent);
    t.true(user + system < 2e6, `${(user + system) / 1e6} s of a processor`);
  });
}

test("a file of pages by hand is read: plain, by a dictionary, and with pages that hold nothing", async (t) => {
  const dictionary = Buffer.concat([page(plain([picture]), { kind: 2, count: 1 }), page(Buffer.concat([Buffer.of(1), varint(2 * 3), Buffer.of(0)]), { count: 3, encoding: 8 })]);
  const spread = Buffer.concat([page(Buffer.alloc(0), { count: 0 }), page(plain([picture]), { count: 1 }), page(Buffer.of(7, 7), { kind: 1, count: 0 }), page(plain([picture, picture]), { count: 2 })]);
  for (const pages of [three, dictionary, spread]) {
    const dataset = await openBytes(t, "x.parquet", parquet(pages, { rows: 3 }));
    t.is(dataset.size, 3);
    t.deepEqual((await levels(dataset)).slice(-3), [10, 20, 30]);
  }
});

test.serial("a file that says more than it holds is refused before anything is made of it", async (t) => {
  const said = (pages: Buffer, file: Partial<FileSaid> = {}): Buffer => parquet(pages, { rows: 3, ...file });
  const named = (place: number, count: number): Buffer => page(Buffer.concat([Buffer.of(8), varint(2 * count), Buffer.of(place)]), { count, encoding: 8 });
  const nested = Buffer.concat([Buffer.alloc(100_000, 0x1c), Buffer.alloc(100_001)]);
  const cases: readonly (readonly [what: string, Buffer, RegExp])[] = [
    ["rows", said(three, { rows: 2 ** 31 }), /says that it has 2147483648 rows, more than its \d+ bytes can hold/],
    ["negative rows", said(three, { rows: -3 }), /row group 0: it has -3 rows/],
    ["values", said(three, { values: 4 }), /it has 3 rows, and 4 values/],
    ["values of a page", said(page(plain([picture]), { count: 2 ** 30 })), /the page at byte 4: it holds 1073741824 values, and 3 rows are left/],
    ["no end of values", said(page(plain([picture, picture]), { count: 3 })), /row group 0, the page at byte 4: it has a value of 4 bytes, and 0 are left/],
    ["too few rows", said(page(plain([picture]), { count: 1 })), /its pages hold 1 of its 3 rows/],
    ["a page past its chunk", said(page(plain([picture]), { count: 3, packed: 2 ** 30 })), /it has 1073741824 bytes, and \d+ are left/],
    ["a page of less than nothing", said(page(plain([picture]), { count: 3, packed: -8 })), /it has -8 bytes/],
    ["a bomb", said(page(plain([picture]), { count: 3, unpacked: 2 ** 28 }), { codec: 1 }), /bytes unpack to 268435456, as no pictures do/],
    ["a page larger than memory", said(page(plain([picture]), { count: 3, unpacked: 2 ** 31 }), { codec: 6 }), /unpacks to 2147483648 bytes, more than/],
    ["a dictionary", said(Buffer.concat([page(plain([picture]), { kind: 2, count: 2 ** 30 }), named(0, 3)])), /holds 1073741824 values/],
    ["a dictionary's place", said(Buffer.concat([page(plain([picture]), { kind: 2, count: 1 }), named(1, 3)])), /names value 1 of a dictionary of 1/],
    ["no dictionary", said(named(0, 3)), /names values of a dictionary that is not there/],
    ["an encoding", said(page(plain([picture]), { count: 3, encoding: 9 })), /encoding 9/],
    ["a kind of page", said(page(plain([picture]), { count: 3, kind: 7 })), /unknown kind 7/],
    ["a chunk past the end", said(three, { offset: 5_000 }), /its pages lie from byte 5000 to/],
    ["a chunk before the start", said(three, { offset: -40 }), /its pages lie from byte -40/],
    ["chunks on one another", said(three, { rows: 0, groups: 1000 }), /row groups lie on one another/],
    ["row groups", said(three, { groupCount: 2 ** 31 }), /a list of 2147483648 elements in \d+ bytes/],
    ["a schema without end", said(three, { children: 2 ** 30 }), /its schema is not whole/],
    ["another type", said(three, { type: 1 }), /holds no bytes/],
    ["another file", said(three, { file: "b.parquet" }), /lies in another file, b\.parquet/],
    ["a codec", said(three, { codec: 3 }), /compressed by LZO; write it with one of none, snappy, gzip, brotli, zstd/],
    ["encryption", said(three, { magic: "PARE" }), /encrypted/],
    ["a number without end", said(three, { footer: Buffer.alloc(1_000_000, 0xff) }), /more than 64 bits|unknown type/],
    ["structs in structs", said(three, { footer: nested }), /more than 32 others/],
    ["an empty footer", said(three, { footer: Buffer.alloc(0) }), /it is cut off/],
  ];
  for (const [what, file, message] of cases) {
    const spent = process.cpuUsage();
    await refusal(t, openBytes(t, "x.parquet", file), message);
    t.true(process.cpuUsage(spent).user < 1e6, what);
  }
});

test("a row group is read a page at a time, and no page twice, however many there are", async (t) => {
  const noise = Uint8Array.from(createStream(5, "test/pages").integers(0, 50_000, 256));
  const file = Buffer.concat(Array.from({ length: 40 }, () => page(plain([noise]), { count: 1 })));
  const reads: number[] = [];
  const source: SourceFile = {
    path: "x.parquet",
    bytes: file.length,
    modified: 0,
    async read(offset, length) {
      reads.push(length);
      return file.subarray(offset, offset + length);
    },
    stream: () => t.fail() as never,
    async expectUnchanged() {},
    async close() {},
  };
  let found = 0;
  for await (const value of readColumn(source, { rows: 40, codec: 0, start: 0, end: file.length }, 0)) found += Number(Buffer.from(noise).equals(value ?? Buffer.alloc(0)));
  t.is(found, 40);
  t.true(Math.max(...reads) < 2 * noise.length);
  t.true(reads.reduce((sum, length) => sum + length, 0) < 1.1 * file.length);
});

test("Snappy's data is unpacked: literals of every length, copies that overlap, and nothing that is not there", (t) => {
  const noise = Uint8Array.from(createStream(3, "test/snappy").integers(0, 70_000, 256));
  const literal = (bytes: Uint8Array): Buffer => {
    const most = bytes.length - 1;
    if (most < 60) return Buffer.concat([Buffer.of(most << 2), bytes]);
    const length = most < 256 ? Buffer.of(60 << 2, most) : most < 65_536 ? Buffer.of(61 << 2, most & 255, most >> 8) : Buffer.of(62 << 2, most & 255, (most >> 8) & 255, most >> 16);
    return Buffer.concat([length, bytes]);
  };
  for (const length of [1, 60, 61, 256, 257, 65_536, 65_537, 70_000]) {
    const bytes = noise.subarray(0, length);
    t.deepEqual(unpackSnappy(Buffer.concat([varint(length), literal(bytes)]), length), bytes);
  }
  const start = literal(Buffer.from("abc"));
  t.is(Buffer.from(unpackSnappy(Buffer.concat([Buffer.of(10), start, Buffer.of(((7 - 4) << 2) | 1, 3)]), 10)).toString(), "abcabcabca");
  t.is(Buffer.from(unpackSnappy(Buffer.concat([Buffer.of(8), start, Buffer.of((4 << 2) | 2, 1, 0)]), 8)).toString(), "abcccccc");
  t.is(Buffer.from(unpackSnappy(Buffer.concat([Buffer.of(5), start, Buffer.of((1 << 2) | 3, 2, 0, 0, 0)]), 5)).toString(), "abcbc");
  for (const [bytes, length] of [
    [[4], 4],
    [[10, ...start], 10],
    [[5, ...start, (1 << 2) | 2, 4, 0], 5],
    [[5, ...start, (1 << 2) | 2, 0, 0], 5],
    [[3, 60 << 2], 3],
    [[3, ...start, 0, 1], 3],
    [[9, ...start], 3],
    [[0xff, 0xff, 0xff], 3],
  ] as const) {
    t.throws(() => unpackSnappy(Uint8Array.from(bytes), length), { message: /Snappy's data/ }, String(bytes));
  }
});
