import { appendFile, mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { createStream } from "@idgan/core";
import test from "ava";
import sharp from "sharp";
import { all, example, idx, levels, npy, open, openBytes, refusal, temporary, tfrecord, zip } from "./arrays.test.builder.js";
import { crc32c } from "./crc32c.js";
import plugin, { type ArrayImagesOptions } from "./index.js";
import { inspectArrays } from "./inspect.js";

const random = (count: number): Uint8Array => Uint8Array.from(createStream(4, "test/levels").integers(0, count, 256));
const units = (bytes: ArrayLike<number>): number[] => Array.from(bytes, (level) => Math.fround(level / 255));
const png = (rgb: readonly [number, number, number]): Promise<Buffer> => sharp({ create: { width: 6, height: 5, channels: 3, background: { r: rgb[0], g: rgb[1], b: rgb[2] } } }).png().toBuffer();

test("bytes of a .npy file are images as they stand, in every layout of one or three channels", async (t) => {
  const grey = random(3 * 16);
  for (const shape of [[3, 4, 4], [3, 4, 4, 1], [3, 1, 4, 4]]) {
    const dataset = await openBytes(t, "x.npy", npy("|u1", shape, grey));
    t.deepEqual([dataset.size, dataset.image.channels, dataset.notes], [3, 1, []]);
    t.deepEqual([...(await all(dataset))], units(grey));
  }
  const colour = random(2 * 48);
  t.deepEqual([...(await all(await openBytes(t, "x.npy", npy("|u1", [2, 4, 4, 3], colour))))], units(colour));
  const planes = Uint8Array.from({ length: 96 }, (_, i) => colour[Math.floor(i / 48) * 48 + (i % 16) * 3 + (Math.floor(i / 16) % 3)] as number);
  t.deepEqual([...(await all(await openBytes(t, "x.npy", npy("|u1", [2, 3, 4, 4], planes))))], units(colour));
});

test("a shape that could be read in two ways is read as the option says", async (t) => {
  const three = npy("|u1", [2, 3, 3, 3], random(54));
  const [last, second] = [await openBytes(t, "x.npy", three, { size: 3 }), await openBytes(t, "x.npy", three, { size: 3, layout: "NCHW" })];
  t.notDeepEqual(await all(last), await all(second));
  t.deepEqual(await all(last), await all(await openBytes(t, "x.npy", three, { size: 3, layout: "NHWC" })));
});

test("numbers of other types become levels between the black and white that they suggest, or that are given", async (t) => {
  const floats = (values: readonly number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);
  const cases: readonly (readonly [descr: string, data: Uint8Array, expected: readonly number[], range?: readonly number[]])[] = [
    ["|u1", Uint8Array.of(0, 1, 1, 0), [0, 255, 255, 0]],
    ["|b1", Uint8Array.of(0, 1, 1, 0), [0, 255, 255, 0]],
    ["<f4", floats([0, 0.25, 0.5, 1]), [0, 64, 128, 255]],
    ["<f4", floats([-1, 0, 0.5, 1]), [0, 128, 191, 255]],
    ["<f4", floats([0, 3, 200, 255]), [0, 3, 200, 255]],
    ["<u2", new Uint8Array(Uint16Array.of(0, 257, 25_700, 65_535).buffer), [0, 1, 100, 255]],
    ["<f4", floats([-5, 0, 2.5, 5]), [0, 128, 191, 255], [-5, 5]],
    ["|u1", Uint8Array.of(0, 1, 1, 0), [0, 1, 1, 0], [0, 255]],
  ];
  for (const [descr, data, expected, range] of cases) {
    t.deepEqual(await levels(await openBytes(t, "x.npy", npy(descr, [1, 2, 2], data), { size: 2, range: range ?? null })), expected, `${descr} ${expected}`);
  }
  await refusal(t, openBytes(t, "x.npy", npy("<f4", [1, 2, 2], floats([-5, 0, 2, 400]))), /numbers from -5 to 400.*`range`/);
  for (const most of [1.0001, 1.9]) await refusal(t, openBytes(t, "x.npy", npy("<f4", [1, 2, 2], floats([0, 0.5, 1, most]))), /numbers from 0 to 1\.\d+.*`range`/);
  t.deepEqual(await levels(await openBytes(t, "x.npy", npy("<f4", [1, 2, 2], floats([0, 1, 1.5, 2])), { size: 2 })), [0, 1, 2, 2]);
  await refusal(t, openBytes(t, "x.npy", npy("<f4", [1, 2, 2], floats([Number.NaN, Number.NaN, Number.NaN, Number.NaN]))), /no finite number/);
  await refusal(t, openBytes(t, "x.npy", npy("|u1", [1, 2, 2], random(4)), { range: [3] }), /`range` is \[3\]/);
});

test("an image with NaN, or outside of the range, is skipped with a note or refused", async (t) => {
  const data = new Uint8Array(Float32Array.of(0, 1, 0, 1, Number.NaN, 0, 0, 0, 1, 1, 1, Number.POSITIVE_INFINITY, 1, 0, 0, 0).buffer);
  const file = npy("<f4", [4, 2, 2], data);
  const dataset = await openBytes(t, "x.npy", file, { size: 2 });
  t.deepEqual(await levels(dataset), [0, 255, 0, 255, 255, 0, 0, 0]);
  t.is(dataset.notes?.[0], "2 of 4 images cannot be used and were skipped.");
  t.regex(dataset.notes?.[1] ?? "", /^The image 1 of .*x\.npy cannot be used \(it holds NaN/);
  await refusal(t, openBytes(t, "x.npy", file, { size: 2, broken: "refuse" }), /image 1 of .*cannot be used/);
});

test("of an archive the array with images is taken, pickled ones are left alone, and factors lead to images and back", async (t) => {
  const classes = new Uint8Array(BigInt64Array.from([0, 1, 2].flatMap((shape) => [1, 0].flatMap((x) => [BigInt(shape), BigInt(x)]))).buffer);
  const pixels = random(6 * 16);
  const file = zip({ "metadata.npy": npy("|O", [], Buffer.from("cos\nsystem\n")), "imgs.npy": npy("|u1", [6, 4, 4], pixels), "latents_classes.npy": npy("<i8", [6, 2], classes), "latents_values.npy": npy("<f8", [6, 2], new Uint8Array(96)) });
  const dataset = await openBytes(t, "x.npz", file);
  t.deepEqual(dataset.factors, [{ name: "factor1", size: 3 }, { name: "factor2", size: 2 }]);
  t.deepEqual([...(dataset.factorValues?.([0, 3, 5]) ?? [])], [0, 1, 1, 0, 2, 0]);
  t.deepEqual([...(dataset.indicesOf?.(Int32Array.of(0, 1, 0, 0, 2, 0)) ?? [])], [0, 1, 5]);
  t.deepEqual([...(await dataset.batch([3]))], units(pixels.subarray(48, 64)));
  t.throws(() => dataset.indicesOf?.(Int32Array.of(0, 2)), { message: /factor2 2: its values are 0 to 1/ });
  t.throws(() => dataset.factorValues?.([6]), { message: /image 6/ });
  const incomplete = await openBytes(t, "x.npz", zip({ "imgs.npy": npy("|u1", [6, 4, 4], pixels), "latents_classes.npy": npy("<i8", [6, 2], new Uint8Array(96)) }));
  t.is(incomplete.factors, undefined);
  t.regex(incomplete.notes?.join() ?? "", /not every combination/);
  for (const [unfit, said] of [[npy("<i8", [5, 2], new Uint8Array(80)), /shape is \[5, 2\]/], [npy("<f4", [6, 1], new Uint8Array(Float32Array.of(0, 0.5, 1, 1.5, 2, 2.5).buffer)), /whole numbers/], [npy("|O", [6, 2], Buffer.from("x")), /pickled/]] as const) {
    const archive = zip({ "imgs.npy": npy("|u1", [6, 4, 4], pixels), "latents_classes.npy": unfit });
    const without = await openBytes(t, "x.npz", archive);
    t.deepEqual([without.size, without.factors, without.notes?.length], [6, undefined, 1]);
    t.regex(without.notes?.[0] ?? "", said);
    await refusal(t, openBytes(t, "x.npz", archive, { factors: "latents_classes" }), said);
  }
});

test("an option `factors` that leads nowhere is refused before any image is prepared", async (t) => {
  const folder = await temporary(t);
  await writeFile(join(folder, "x.npz"), zip({ "imgs.npy": npy("|u1", [6, 4, 4], random(96)), "other.npy": npy("<f4", [6, 1], new Uint8Array(Float32Array.of(0, 0.5, 1, 1, 1, 1).buffer)) }));
  for (const factors of ["latents_clases", "other"]) {
    let prepared = 0;
    const options = { ...Object.fromEntries(Object.entries(plugin.options).map(([key, option]) => [key, option.default])), path: "x.npz", cache: folder, factors } as ArrayImagesOptions;
    await refusal(t, plugin.open(options, { size: 4, folder, seed: 1, progress: (_, done) => void (prepared = done) }), /no array "latents_clases"|cannot give the factors/);
    t.is(prepared, 0);
  }
});

test("an archive in which the images are not plain is refused with what it holds", async (t) => {
  const images = npy("|u1", [2, 4, 4], random(32));
  await refusal(t, openBytes(t, "x.npz", zip({ "a.npy": images, "b.npy": images })), /holds 2 arrays of images: a \[2, 4, 4\] of u1; b/);
  t.is((await openBytes(t, "x.npz", zip({ "a.npy": images, "b.npy": npy("|u1", [1, 4, 4], random(16)) }), { array: "b" })).size, 1);
  await refusal(t, openBytes(t, "x.npz", zip({ "a.npy": npy("|O", [2], Buffer.from("x")) })), /no array of images: .*pickled/);
  await refusal(t, openBytes(t, "x.npz", zip({ "a.npy": images }), { array: "c" }), /holds no array "c"\. It holds: a/);
  await refusal(t, openBytes(t, "x.npz", zip({ "a.npy": images }), { factors: "a" }), /cannot give the factors/);
  await refusal(t, openBytes(t, "x.npz", zip({ "readme.txt": Buffer.from("x") })), /archive without arrays/);
});

test("arrays of the wrong rank, order or length are refused", async (t) => {
  const cases: readonly (readonly [Buffer, RegExp])[] = [
    [npy("|u1", [16], random(16)), /no array of images|not that of images/],
    [npy("|u1", [2, 2, 2, 2, 2], random(32)), /no array of images|not that of images/],
    [npy("|u1", [1, 4, 4, 2], random(32)), /no array of images|not that of images/],
    [npy("|u1", [0, 4, 4], random(0)), /no array of images|not that of images/],
    [npy("|u1", [1, 4, 100_000], random(0)), /no array of images|not that of images/],
    [npy("|u1", [1, 4, 4], random(16), "True"), /Fortran's order/],
    [npy("|u1", [2, 4, 4], random(20)), /fewer numbers than its shape/],
    [npy("|u1", [2, 4, 4], random(40)), /more numbers than its shape/],
    [npy("<c8", [1, 4, 4], random(128)), /none of b1/],
    [Buffer.from("\x93NUMPY"), /does not begin as a \.npy/],
  ];
  for (const [bytes, said] of cases) await refusal(t, openBytes(t, "x.npy", bytes), said);
});

for (const zipped of [false, true]) {
  test(`an idx file${zipped ? ", gzipped," : ""} is read as MNIST's are`, async (t) => {
    const pixels = random(5 * 16);
    const pack = (bytes: Buffer): Buffer => (zipped ? gzipSync(bytes) : bytes);
    const dataset = await openBytes(t, `train-images-idx3-ubyte${zipped ? ".gz" : ""}`, pack(idx(8, [5, 4, 4], pixels)));
    t.deepEqual([...(await all(dataset))], units(pixels));
    const wide = await openBytes(t, "x.idx.gz", pack(idx(0x0b, [1, 1, 2], Buffer.from([0, 0, 240, 0]))), { size: 2 }).catch((error: Error) => error.message);
    t.regex(String(wide), /`range`/, "-4096 and 0 say nothing of black and white");
    const name = zipped ? "x.idx.gz" : "x.idx";
    await refusal(t, openBytes(t, name, pack(idx(8, [5, 4, 4], pixels)).subarray(0, -20)), /damaged|fewer numbers/);
    await refusal(t, openBytes(t, name, pack(idx(8, [40], random(40)))), /not that of images/);
    await refusal(t, openBytes(t, name, pack(Buffer.from([0, 0, 7, 1, 0, 0, 0, 1, 5]))), /no idx file/);
  });
}

test("TFRecord: encoded pictures under the usual names, and ProGAN's planes with their shape, gzipped or not", async (t) => {
  const colours = [[10, 20, 30], [200, 100, 0]] as const;
  const [red, blue] = [await png(colours[0]), await png(colours[1])];
  for (const name of ["image/encoded", "image", "image_raw"]) {
    const records = tfrecord([example({ "image/height": [5], [name]: red }), example({ [name]: blue, label: [300] })]);
    for (const file of [records, gzipSync(records)]) {
      const found = await levels(await openBytes(t, "x.tfrecord", file));
      t.deepEqual([found.slice(0, 3), found.slice(48, 51)], colours.map((colour) => [...colour]));
    }
  }
  const planes = random(3 * 16);
  const progan = await openBytes(t, "x.tfrecords", tfrecord([example({ shape: [3, 4, 4], data: Buffer.from(planes) }), example({ shape: [3, 4, 5], data: Buffer.from(planes) })]));
  t.deepEqual(await levels(progan), Array.from({ length: 48 }, (_, i) => planes[(i % 3) * 16 + Math.floor(i / 3)] as number));
  t.regex(progan.notes?.[1] ?? "", /record 1 of .*48 bytes, and its shape is \[3, 4, 5\]/);
});

test("TFRecord: a record with a wrong checksum is skipped; a file that ends inside one, or has no pictures, is refused", async (t) => {
  t.is(crc32c(Buffer.from("123456789")), 0xe3069283); // the check value of CRC-32C
  const picture = await png([1, 2, 3]);
  const records = tfrecord([example({ image: picture }), example({ image: picture })]);
  const wrong = Buffer.from(records);
  wrong[records.length - 10] = (wrong[records.length - 10] as number) ^ 1;
  t.regex((await openBytes(t, "x.tfrecord", wrong)).notes?.[1] ?? "", /record 1 of .*checksum is wrong/);
  await refusal(t, openBytes(t, "x.tfrecord", records.subarray(0, -3)), /ends inside a record/);
  await refusal(t, openBytes(t, "x.tfrecord", Buffer.alloc(40, 9)), /checksum of a record's length/);
  await refusal(t, openBytes(t, "x.tfrecord", Buffer.alloc(0)), /holds no record/);
  await refusal(t, openBytes(t, "x.tfrecord", tfrecord([example({ label: [3] })])), /without a picture.*label/);
  await refusal(t, openBytes(t, "x.tfrecord", tfrecord([Buffer.from([0xff, 0xff])])), /The only image .*cannot be used.*no tf\.train\.Example/);
});

test("images of another size are framed as pictures are: covered, contained between black margins, or stretched", async (t) => {
  const halves = Uint8Array.from({ length: 32 }, (_, i) => (i % 8 < 4 ? 0 : 255));
  const file = npy("|u1", [1, 4, 8], halves);
  const corner = async (fit: "cover" | "contain" | "fill", x: number, y: number): Promise<number> => (await levels(await openBytes(t, "x.npy", file, { fit, size: 8, range: [0, 255] })))[y * 8 + x] as number;
  const ringing = 16;
  t.true((await corner("cover", 0, 0)) < ringing && (await corner("cover", 7, 7)) > 255 - ringing);
  t.deepEqual([await corner("contain", 7, 0), await corner("contain", 7, 4), await corner("contain", 0, 4)], [0, 255, 0]);
  t.deepEqual([await corner("fill", 0, 7), await corner("fill", 7, 7)], [0, 255]);
});

test("a folder of shards is read in the order of their names, and other files in it are left alone", async (t) => {
  const folder = await temporary(t);
  await mkdir(join(folder, "shards"));
  for (const [name, level] of [["b-1.npy", 30], ["a-2.npy", 20], ["a-1.npy", 10]] as const) await writeFile(join(folder, "shards", name), npy("|u1", [2, 4, 4], new Uint8Array(32).fill(level)));
  await writeFile(join(folder, "shards", "readme.md"), "x");
  const found = await levels(await open(t, folder, "shards"));
  t.deepEqual([0, 2, 4].map((image) => found[image * 16]), [10, 20, 30]);
  await mkdir(join(folder, "mnist"));
  for (const [name, bytes] of [["train-images-idx3-ubyte.gz", gzipSync(idx(8, [2, 4, 4], new Uint8Array(32).fill(40)))], ["train-labels-idx1-ubyte.gz", gzipSync(idx(8, [2], Uint8Array.of(3, 4)))], ["test_labels.npy", npy("|u1", [2], Uint8Array.of(1, 2))], ["labels.npy", npy("|u1", [2], Uint8Array.of(1, 2))]] as const) await writeFile(join(folder, "mnist", name), bytes);
  t.deepEqual((await levels(await open(t, folder, "mnist"))).filter((_, i) => i % 16 === 0), [40, 40]);
  t.is((await inspectArrays({ path: join(folder, "mnist"), shown: 1, side: 8, progress: () => undefined }))?.images, 2);
  await refusal(t, open(t, folder, "mnist/train-labels-idx1-ubyte.gz"), /shape \[2\], which is not that of images/);
  await mkdir(join(folder, "empty"));
  await refusal(t, open(t, folder, "empty"), /No npy, npz, idx, Parquet or TFRecord/);
  await refusal(t, open(t, folder, "nowhere"), /nothing at/);
  await writeFile(join(folder, "note.txt"), "hello");
  await refusal(t, open(t, folder, "note.txt"), /neither npy, npz, idx, Parquet nor TFRecord/);
});

test("images are prepared once, again when the file or an option changes, and a failure leaves nothing behind", async (t) => {
  const folder = await temporary(t);
  const prepared = async (): Promise<readonly string[]> => await readdir(join(folder, "cache")).catch(() => []);
  await writeFile(join(folder, "x.npy"), npy("|u1", [2, 4, 4], random(20)));
  await refusal(t, open(t, folder, "x.npy"), /fewer/);
  t.deepEqual(await prepared(), []);
  await writeFile(join(folder, "x.npy"), npy("|u1", [2, 4, 4], random(32)));
  const first = await open(t, folder, "x.npy");
  const [name = ""] = await prepared();
  const { mtimeMs } = await stat(join(folder, "cache", name));
  const second = await open(t, folder, "x.npy");
  t.is(second.fingerprint, first.fingerprint);
  t.is((await stat(join(folder, "cache", name))).mtimeMs, mtimeMs);
  await open(t, folder, "x.npy", { size: 8 });
  await open(t, folder, "x.npy", { channels: 3 });
  t.is((await prepared()).length, 3);
  await writeFile(join(folder, "x.npy"), npy("|u1", [3, 4, 4], random(48)));
  t.is((await open(t, folder, "x.npy")).size, 3);
  t.deepEqual([...(await all(first))], units(random(32)), "what is open stays what it was");
});

test("inspecting says which numbers are taken for black and white, and why factors cannot be used", async (t) => {
  const folder = await temporary(t);
  const look = async (name: string, bytes: Buffer): Promise<readonly string[] | undefined> => {
    await writeFile(join(folder, name), bytes);
    return (await inspectArrays({ path: join(folder, name), shown: 0, side: 8, progress: () => undefined }))?.notes;
  };
  const images = npy("<f4", [1, 2, 2], new Uint8Array(Float32Array.of(-1, 0, 0.5, 1).buffer));
  t.deepEqual(await look("x.npy", images), ["-1 is black and 1 is white, unless the data's option `range` says otherwise."]);
  t.regex((await look("x.npz", zip({ "imgs.npy": images, "latents_classes.npy": npy("|u1", [3, 1], random(3)) })))?.[1] ?? "", /latents_classes .*cannot give the factors/);
});

test.serial("an image for which there is no memory is not left out of what is kept prepared", async (t) => {
  const { prototype } = (globalThis as unknown as { readonly WebAssembly: { readonly Memory: { readonly prototype: { grow(pages: number): number } } } }).WebAssembly.Memory;
  const { grow } = prototype;
  t.teardown(() => Object.assign(prototype, { grow }));
  const file = npy("|u1", [1, 2000, 2000], new Uint8Array(4_000_000));
  prototype.grow = () => {
    throw new RangeError("WebAssembly.Memory.grow(): Unable to grow instance memory");
  };
  await refusal(t, openBytes(t, "x.npy", file), /image 0 of .*cannot be decoded now: .*memory.* Free memory/);
  prototype.grow = grow;
  t.is((await openBytes(t, "x.npy", file)).size, 1);
});

test("a file that changes while it is prepared is refused", async (t) => {
  const folder = await temporary(t);
  const file = join(folder, "x.npy");
  await writeFile(file, npy("|u1", [40_000, 8, 8], new Uint8Array(40_000 * 64)));
  const opening = open(t, folder, "x.npy", { size: 8, channels: 3 });
  const growing = (async () => {
    for (let i = 0; i < 200; i += 1) {
      await appendFile(file, "x");
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  await refusal(t, opening, /changed while it was read|more numbers|fewer numbers/);
  await growing;
});
