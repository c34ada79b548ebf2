import { appendFile, mkdtemp, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { IdganError } from "../contract/error.js";
import { cacheFolder } from "./cache-folder.js";
import { bytesOf, invalid, temporary } from "./data.test.builder.js";
import { makeFolder, makeFolderSync } from "./make-folder.js";
import { readNpyHeader } from "./npy-header.js";
import { decodeNumbers } from "./number-type.js";
import { openSourceFile, type SourceFile } from "./source-file.js";
import { readEntry, readZip, streamEntry } from "./zip-archive.js";
import { packZip } from "./zip-archive.test.builder.js";

async function source(t: ExecutionContext, bytes: Buffer): Promise<SourceFile> {
  const path = join(await temporary(t), "file");
  await writeFile(path, bytes);
  const opened = await openSourceFile(path);
  t.teardown(() => opened.close());
  return opened;
}

const large = bytesOf(1, 700_000);
const flat = Buffer.alloc(1_000_000, 7);

for (const zip64 of [false, true]) {
  test(`a zip archive${zip64 ? " with sizes of 64 bits" : ""} gives its entries, stored or deflated, behind a comment too`, async (t) => {
    const archive = await source(t, packZip([{ name: "folder/", data: Buffer.alloc(0), method: 0 }, { name: "a.npy", data: large }, { name: "ü/b", data: flat, flags: 0x800 }, { name: "c", data: large, method: 0 }, { name: "none", data: Buffer.alloc(0), method: 0 }], { zip64, comment: zip64 ? "" : "a comment" }));
    const { entries, unreadable } = await readZip(archive);
    t.is(unreadable, 0);
    t.deepEqual(entries.map(({ name }) => name), ["a.npy", "ü/b", "c", "none"]);
    const contents = await Promise.all(entries.map((entry) => readEntry(archive, entry, 2 ** 20)));
    t.deepEqual(contents.map((content, i) => content.equals([large, flat, large, Buffer.alloc(0)][i] as Buffer)), [true, true, true, true]);
  });
}

test("an entry that is longer than it says, damaged, cut off or elsewhere is refused, and none is read beyond what it says", async (t) => {
  const bomb = await source(t, packZip([{ name: "bomb", data: flat, claims: { bytes: 10 } }]));
  await invalid(t, readEntry(bomb, (await readZip(bomb)).entries[0]!, 2 ** 20), /bomb holds more than the 10 bytes/);
  await invalid(t, readEntry(bomb, { ...(await readZip(bomb)).entries[0]!, bytes: flat.length }, 1000), /larger than the 1000/);
  const other = await source(t, packZip([{ name: "other", data: flat, claims: { crc: 1 } }]));
  await invalid(t, readEntry(other, (await readZip(other)).entries[0]!, 2 ** 20), /other is damaged/);
  const away = await source(t, packZip([{ name: "away", data: flat, claims: { offset: 3 } }]));
  await invalid(t, readEntry(away, (await readZip(away)).entries[0]!, 2 ** 20), /away is not where/);
  const whole = packZip([{ name: "x", data: large }]);
  const broken = Buffer.from(whole);
  broken.fill(0xff, 1000, 3000);
  const garbled = await source(t, broken);
  await invalid(t, readEntry(garbled, (await readZip(garbled)).entries[0]!, 2 ** 20), /entry x .*damaged/);
  await invalid(t, readZip(await source(t, whole.subarray(0, -30))), /truncated, or something else/);
  await invalid(t, readZip(await source(t, Buffer.alloc(0))), /truncated, or something else/);
  await invalid(t, readZip(await source(t, whole.subarray(5))), /directory is broken|ends too early/);
});

test("encrypted entries and foreign methods are counted, and the others can be read", async (t) => {
  const archive = await source(t, packZip([{ name: "a", data: flat, method: 12 }, { name: "b", data: flat, flags: 1 }, { name: "c", data: flat }]));
  const { entries, unreadable } = await readZip(archive);
  t.deepEqual([entries.map(({ name }) => name), unreadable], [["c"], 2]);
});

test("reading an entry can be given up halfway", async (t) => {
  const archive = await source(t, packZip([{ name: "a", data: large }]));
  for await (const piece of streamEntry(archive, (await readZip(archive)).entries[0]!)) {
    t.true(piece.equals(large.subarray(0, piece.length)));
    break;
  }
  t.true((await archive.read(0, 4)).equals(Buffer.from([0x50, 0x4b, 3, 4])));
});

test("a file that is missing or a folder cannot be opened, one that changes is noticed", async (t) => {
  const missing = await t.throwsAsync(openSourceFile(join(tmpdir(), "idgan-no-such-file")), { instanceOf: IdganError });
  t.is(missing?.code, "DATA_NOT_FOUND");
  await invalid(t, openSourceFile(tmpdir()), /is no file/);
  const file = await source(t, Buffer.from("abc"));
  await file.expectUnchanged();
  await invalid(t, file.read(2, 2), /ends too early/);
  await appendFile(file.path, "d");
  await invalid(t, file.expectUnchanged(), /changed while it was read/);
  await truncate(file.path, 1);
  await invalid(t, file.read(0, 3), /ends too early/);
});

/** A .npy file's start. */
function npy(header: string, version = 1): Buffer {
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  if (version === 1) length.writeUInt16LE(header.length);
  else length.writeUInt32LE(header.length);
  return Buffer.concat([Buffer.from([0x93]), Buffer.from("NUMPY"), Buffer.from([version, 0]), length, Buffer.from(header, "latin1")]);
}

test("the header of an array is read in every version, and what is no array of numbers is refused", async (t) => {
  const plain = "{'descr': '>u2', 'fortran_order': False, 'shape': (3, 4, 5), }          \n";
  t.deepEqual(readNpyHeader(npy(plain), "x"), { type: { name: "u2", bytes: 2, littleEndian: false }, shape: [3, 4, 5], rowMajor: true, offset: 10 + plain.length });
  t.is(readNpyHeader(npy(plain, 3), "x").offset, 12 + plain.length);
  t.deepEqual(readNpyHeader(npy("{'descr': '|b1', 'fortran_order': True, 'shape': (7,), }"), "x"), { type: { name: "b1", bytes: 1, littleEndian: true }, shape: [7], rowMajor: false, offset: 66 });
  const refused: readonly (readonly [Buffer, RegExp])[] = [
    [Buffer.from("no array at all"), /x cannot be read: it does not begin/],
    [npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"), /pickled Python objects/],
    [npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }"), /records, not numbers/],
    [npy("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }"), /type "<c8" is none of b1/],
    [npy("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999, 99999999, 9999), }"), /is none/],
    [npy("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }"), /is none/],
    [npy("{'fortran_order': False}"), /no description/],
    [npy("{'descr': '<f4'}", 9), /version 9/],
    [npy(plain).subarray(0, 40), /cut off/],
    [npy(plain).subarray(0, 9), /does not begin/],
  ];
  for (const [bytes, said] of refused) {
    const error = t.throws(() => readNpyHeader(bytes, "x"), { instanceOf: IdganError, message: said });
    t.is(error?.code, "DATA_INVALID");
  }
});

test("numbers of every type are read, in both byte orders", (t) => {
  const read = (name: Parameters<typeof decodeNumbers>[1]["name"], bytes: readonly number[], littleEndian = true): number[] => [...decodeNumbers(Buffer.from(bytes), { name, bytes: Number(name[1]), littleEndian })];
  t.deepEqual(read("b1", [0, 1, 7]), [0, 1, 1]);
  t.deepEqual([read("u1", [255]), read("i1", [255])], [[255], [-1]]);
  t.deepEqual([read("u2", [1, 2]), read("u2", [1, 2], false), read("i2", [255, 255])], [[513], [258], [-1]]);
  t.deepEqual([read("u4", [0, 0, 0, 128]), read("i4", [0, 0, 0, 128])], [[2 ** 31], [-(2 ** 31)]]);
  t.deepEqual([read("u8", [1, 0, 0, 0, 0, 1, 0, 0]), read("i8", [254, 255, 255, 255, 255, 255, 255, 255])], [[2 ** 40 + 1], [-2]]);
  t.deepEqual([read("f4", [0, 0, 192, 63]), read("f8", [0, 0, 0, 0, 0, 0, 248, 191])], [[1.5], [-1.5]]);
  t.deepEqual(read("f2", [0, 0x3c, 0, 0xc0, 0xff, 0x7b, 1, 0, 0, 0x7c, 1, 0x7c]), [1, -2, 65504, 2 ** -24, Number.POSITIVE_INFINITY, Number.NaN]);
});

test("folders are made with those that they lie in, and what stands in the way is told", async (t) => {
  const root = await mkdtemp(join(tmpdir(), "idgan-folders-"));
  try {
    await writeFile(join(root, "file"), "");
    await Promise.all(["a/b/c", "a/b/d", "a/b/c"].map(async (path) => await makeFolder(join(root, path))));
    makeFolderSync(join(root, "a/e/f"));
    makeFolderSync(join(root, "a/e/f"));
    t.deepEqual([(await readdir(join(root, "a"))).sort(), (await readdir(join(root, "a/b"))).sort()], [["b", "e"], ["c", "d"]]);
    for (const [path, code] of [["file", "EEXIST"], ["file/inside", "ENOTDIR"]] as const) {
      await t.throwsAsync(makeFolder(join(root, path)), { code });
      t.throws(() => makeFolderSync(join(root, path)), { code });
    }
  } finally {
    await rm(root, { recursive: true });
  }
});

(process.platform === "linux" ? test : test.skip)("a folder where none can be made is refused at once, which Node's own recursive mkdir never is (needs /proc)", async (t) => {
  await t.throwsAsync(makeFolder("/proc/nope/deep"), { code: "ENOENT", message: /'\/proc\/nope'/ });
  t.throws(() => makeFolderSync("/proc/nope/deep"), { code: "ENOENT", message: /'\/proc\/nope'/ });
});

test("the folder for caches is IDGAN_CACHE, or inside the user's", (t) => {
  t.is(cacheFolder({ IDGAN_CACHE: "/somewhere" }), "/somewhere");
  t.regex(cacheFolder({}), /idgan/);
});
