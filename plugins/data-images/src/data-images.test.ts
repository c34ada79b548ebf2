import { mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import test, { type ExecutionContext } from "ava";
import sharp, { type Sharp } from "sharp";
import { IdganError, type Dataset } from "@idgan/core";
import plugin, { type PictureOptions } from "./index.js";
import { readPicture, type Preparation } from "./picture.js";

const cache = await mkdtemp(join(tmpdir(), "idgan-images-cache-"));
test.after.always(() => rm(cache, { recursive: true }));

const defaults: PictureOptions = {
  folder: ".", channels: 3, boxes: null, crop: null, leastSide: 0, fit: "cover", flip: false, dequantise: false, augment: "synthesise",
  classes: false, broken: "skip", prepare: true, cache, workers: 0,
};
const plain: Preparation = { size: 8, channels: 3, fit: "cover", crop: null, leastSide: 0 };

/** A folder with these files, gone after the test. */
async function folderOf(t: ExecutionContext, files: Readonly<Record<string, Buffer>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "idgan-images-"));
  t.teardown(() => rm(folder, { recursive: true }));
  for (const [name, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), bytes);
  }
  return folder;
}

const opened: Dataset[] = [];
test.after.always(() => Promise.all(opened.map((images) => images.close?.())));

async function open(folder: string, options: Partial<PictureOptions> = {}, size = 8): Promise<Dataset> {
  const images = await plugin.open({ ...defaults, ...options }, { size, folder, seed: 1 });
  opened.push(images);
  return images;
}

async function codeOf(opening: Promise<Dataset>): Promise<IdganError> {
  try {
    await opening;
  } catch (error) {
    if (error instanceof IdganError) return error;
    throw error;
  }
  throw new Error("it opened");
}

type Colour = readonly [red: number, green: number, blue: number];

/** A picture whose left and right halves have these colours. */
function halves(left: Colour, right: Colour, width = 8, height = 8): Sharp {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => (Math.floor(i / 3) % width < width / 2 ? left : right)[i % 3] as number);
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** Colour of the pixel at (x, y), 0 … 255. */
function at(pixels: ArrayLike<number>, x: number, y: number, size = 8): number[] {
  return [0, 1, 2].map((channel) => pixels[(y * size + x) * 3 + channel] as number);
}

function near(t: ExecutionContext, actual: readonly number[], expected: readonly number[], tolerance: number): void {
  t.true(actual.every((value, i) => Math.abs(value - (expected[i] as number)) <= tolerance), `${actual} is not ${expected} within ${tolerance}`);
}

/** The fixture script's picture: two waves and a chequerboard. */
function drawn(width: number, height: number): Uint8Array {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i += 1) {
    const [x, y, c] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3];
    const chequer = ((Math.floor(x / 7) + Math.floor(y / (5 + c))) % 2) * 2 - 1;
    data[i] = Math.min(255, Math.max(0, Math.floor(127.5 + 60 * Math.sin(x * 0.11 * (c + 1) + c) + 40 * Math.cos(y * 0.07 * (c + 2)) + 20 * chequer)));
  }
  return data;
}

function furthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return a.length === b.length ? Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] as number))), 0) : Infinity;
}

test("reducing, enlarging, cropping and cutting boxes out equal torchvision's and Pillow's LANCZOS within 2 grey levels on 100 pictures", async (t) => {
  const tolerance = 2;
  interface Case {
    readonly width: number;
    readonly height: number;
    readonly size: number;
    readonly crop: number | null;
    readonly box: readonly [left: number, top: number, right: number, bottom: number] | null;
    readonly colour?: string;
    readonly grey?: string;
  }
  const { cases } = JSON.parse(await readFile(new URL("../../../test/fixtures/pil_resize.json", import.meta.url), "utf8")) as { readonly cases: readonly Case[] };
  t.is(cases.length, 100);
  for (const { width, height, size, crop, box, colour, grey } of cases) {
    const file = await sharp(drawn(width, height), { raw: { width, height, channels: 3 } }).png({ compressionLevel: 1 }).toBuffer();
    const [left, top, right, bottom] = box ?? [0, 0, width, height];
    const preparation: Preparation = { size, channels: grey === undefined ? 3 : 1, fit: box === null ? "cover" : "fill", crop, leastSide: 0 };
    const made = await readPicture(file, preparation, box === null ? undefined : { left, top, width: right - left, height: bottom - top });
    const off = furthest(made, Buffer.from(colour ?? grey ?? "", "base64"));
    t.true(off <= tolerance, `${width}x${height} to ${size}, crop ${crop}, box ${box}: off by ${off}`);
  }
});

test("a JPEG and a WebP that can be decoded at a fraction of their size come out as the same picture in PNG", async (t) => {
  const tolerance = 2;
  const raw = sharp(drawn(1600, 1200), { raw: { width: 1600, height: 1200, channels: 3 } });
  for (const file of [await raw.clone().jpeg().toBuffer(), await raw.clone().webp({ lossless: true, effort: 0 }).toBuffer()]) {
    const [direct, decoded] = await Promise.all([file, sharp(file).png({ compressionLevel: 1 }).toBuffer()].map(async (each) =>
      readPicture(await each, { ...plain, size: 24 })));
    t.true(furthest(direct as Uint8Array, decoded as Uint8Array) <= tolerance);
  }
});

test("cover cuts the centre out, contain leaves white margins, fill stretches", async (t) => {
  const file = await halves([255, 0, 0], [0, 0, 255], 32, 8).png().toBuffer();
  const [cover, contain, fill] = await Promise.all((["cover", "contain", "fill"] as const).map((fit) => readPicture(file, { ...plain, fit })));
  t.deepEqual([at(cover as Uint8Array, 0, 0), at(cover as Uint8Array, 7, 7)], [[255, 0, 0], [0, 0, 255]]);
  t.deepEqual([at(contain as Uint8Array, 0, 2), at(contain as Uint8Array, 7, 5)], [[255, 255, 255], [255, 255, 255]]);
  near(t, at(contain as Uint8Array, 0, 3), [255, 0, 0], 2);
  near(t, at(fill as Uint8Array, 7, 0), [0, 0, 255], 2);
  const line = await sharp({ create: { width: 1, height: 300, channels: 3, background: "#204060" } }).png().toBuffer();
  for (const fit of ["cover", "contain", "fill"] as const) {
    const framed = await readPicture(line, { ...plain, fit });
    near(t, at(framed, 4, 4), [32, 64, 96], 2);
    near(t, at(framed, 0, 4), fit === "contain" ? [255, 255, 255] : [32, 64, 96], 2);
  }
});

test("alpha lies over white, grey and CMYK become colour, 16 bits become 8, EXIF turns upright, an animation shows its first frame", async (t) => {
  const clear = sharp({ create: { width: 8, height: 8, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0.5 } } });
  const folder = await folderOf(t, {
    "0-alpha.png": await clear.png().toBuffer(),
    "1-grey.png": await halves([51, 51, 51], [204, 204, 204]).toColourspace("b-w").png().toBuffer(),
    "2-cmyk.jpg": await halves([150, 120, 110], [150, 120, 110]).toColourspace("cmyk").jpeg({ quality: 100 }).toBuffer(),
    "3-deep.png": await halves([255, 0, 128], [0, 255, 128]).toColourspace("rgb16").png().toBuffer(),
    "4-turned.JPG": await halves([255, 0, 0], [0, 0, 255], 16, 16).withMetadata({ orientation: 6 }).jpeg({ quality: 100, chromaSubsampling: "4:4:4" }).toBuffer(),
    "5-moving.webp": await sharp([await halves([255, 0, 0], [255, 0, 0]).png().toBuffer(), await halves([0, 255, 0], [0, 255, 0]).png().toBuffer()], { join: { animated: true } })
      .webp({ lossless: true })
      .toBuffer(),
  });
  t.is((await sharp(join(folder, "2-cmyk.jpg")).metadata()).space, "cmyk");
  t.is((await sharp(join(folder, "3-deep.png")).metadata()).depth, "ushort");
  t.is((await sharp(join(folder, "5-moving.webp")).metadata()).pages, 2);
  const images = await open(folder);
  t.deepEqual([images.size, images.notes], [6, []]);
  const pixels = (await images.batch([0, 1, 2, 3, 4, 5])).map((value) => value * 255);
  const picture = (index: number): Float32Array => pixels.subarray(index * 192, (index + 1) * 192);
  near(t, at(picture(0), 3, 3), [127, 127, 127], 1);
  near(t, at(picture(1), 7, 0), [204, 204, 204], 1);
  near(t, at(picture(2), 3, 3), [150, 120, 110], 12);
  near(t, [...at(picture(3), 0, 0), ...at(picture(3), 7, 0)], [255, 0, 128, 0, 255, 128], 1);
  near(t, [...at(picture(4), 7, 0), ...at(picture(4), 0, 7)], [255, 0, 0, 0, 0, 255], 4);
  near(t, at(picture(5), 3, 3), [255, 0, 0], 1);
});

test("folders inside folders are read in the order of their names, each folder once, and other files are counted", async (t) => {
  const shade = (level: number): Promise<Buffer> => halves([level, level, level], [level, level, level]).png().toBuffer();
  const folder = await folderOf(t, {
    "b.png": await shade(20), "a/z.png": await shade(0), "a/b/c.png": await shade(10), "a.png": await shade(30),
    "B.png": await shade(40), "readme.txt": Buffer.from("x"), ".hidden.png": Buffer.from("x"),
  });
  await symlink(folder, join(folder, "a", "loop"));
  const images = await open(folder, { channels: 1 }, 8);
  const levels = (await images.batch([0, 1, 2, 3, 4])).filter((_, i) => i % 64 === 0).map((value) => Math.round(value * 255));
  t.deepEqual(Array.from(levels), [40, 30, 10, 0, 20]); // B.png, a.png, a/b/c.png, a/z.png, b.png
  t.deepEqual(images.notes, ["1 file that is not named as PNG, JPEG or WebP was left out."]);
});

/** Files that no reader should trust, by name. */
async function brokenFiles(): Promise<Record<string, Buffer>> {
  const png = await sharp(drawn(64, 64), { raw: { width: 64, height: 64, channels: 3 } }).png().toBuffer();
  const jpeg = await sharp(drawn(64, 64), { raw: { width: 64, height: 64, channels: 3 } }).jpeg().toBuffer();
  const bomb = Buffer.from(png);
  bomb.writeUInt32BE(50_000, 16);
  bomb.writeUInt32BE(50_000, 20);
  bomb.writeUInt32BE(crc32(bomb.subarray(12, 29)), 29);
  return {
    "bomb.png": bomb,
    "drawing.png": Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>'),
    "empty.jpg": Buffer.alloc(0),
    "half.jpg": jpeg.subarray(0, jpeg.length / 2),
    "half.png": png.subarray(0, png.length / 2),
    "text.png": Buffer.from("no picture at all"),
  };
}

test("what cannot be read is skipped with a note that names it, and the rest is numbered without gaps", async (t) => {
  const broken = await brokenFiles();
  const folder = await folderOf(t, { ...broken, "good.png": await halves([9, 9, 9], [9, 9, 9]).png().toBuffer() });
  await symlink(join(folder, "nowhere"), join(folder, "dangling.png"));
  const images = await open(folder);
  t.is(images.size, 1);
  t.deepEqual(at((await images.batch([0])).map((value) => Math.round(value * 255)), 0, 0), [9, 9, 9]);
  t.is(images.notes?.[0], "7 of 8 pictures cannot be used and were skipped.");
  for (const name of [...Object.keys(broken), "dangling.png"]) {
    t.true(images.notes?.some((note) => note.includes(name)), name);
  }
  t.regex(images.notes?.find((note) => note.includes("bomb.png")) ?? "", /50000x50000 pixels/);
  t.regex(images.notes?.find((note) => note.includes("drawing.png")) ?? "", /no PNG, JPEG or WebP/);
});

test("with broken set to refuse, each such file is an error that names it", async (t) => {
  for (const [name, bytes] of Object.entries(await brokenFiles())) {
    const error = await codeOf(open(await folderOf(t, { [name]: bytes, "good.png": await halves([9, 9, 9], [9, 9, 9]).png().toBuffer() }), { broken: "refuse" }));
    t.is(error.code, "DATA_INVALID");
    t.true(error.message.includes(name), error.message);
  }
});

test("a folder that is missing, empty, no folder, without pictures or with none that is whole is refused", async (t) => {
  const missing = await codeOf(open(join(tmpdir(), "idgan-no-such-folder")));
  t.is(missing.code, "DATA_NOT_FOUND");
  t.is((await codeOf(open(await folderOf(t, {})))).code, "DATA_INVALID");
  const folder = await folderOf(t, { "notes.txt": Buffer.from("x"), "half/a.png": Buffer.from("x") });
  t.regex((await codeOf(open(join(folder, "notes.txt")))).message, /is no folder, .zip or .tar/);
  t.regex((await codeOf(open(folder))).message, /The only picture cannot be used/);
});

test("with and without a prepared file, with and without threads, the pixels are the same; a picture that is gone by then is named", async (t) => {
  const folder = await folderOf(t, Object.fromEntries(await Promise.all(Array.from({ length: 23 }, async (_, k) => [`${k}.png`, await halves([k, k, k], [10 * k, k, k], 8 + k).png().toBuffer()] as const))));
  const indices = [22, 0, 7, 22, ...Array.from({ length: 19 }, (_, i) => i)];
  const expected = await (await open(folder)).batch(indices);
  const several = await Promise.all([1, 3].flatMap((workers) => [open(folder, { prepare: false, workers }), open(folder, { workers, cache: join(folder, `cache-${workers}`) })]));
  for (const images of several) {
    t.deepEqual(await images.batch(indices), expected);
    await t.throwsAsync(images.batch([23]), { message: /image 23/ });
  }
  await rm(join(folder, "2.png"));
  await t.notThrowsAsync(several[1]!.batch(indices));
  const error = await t.throwsAsync(several[0]!.batch([0, ...indices]), { instanceOf: IdganError });
  t.regex(error?.message ?? "", /2\.png/);
});

test("the fingerprint follows the files, the size and the options that change pixels, and nothing else", async (t) => {
  const folder = await folderOf(t, { "a.png": await halves([1, 2, 3], [4, 5, 6]).png().toBuffer() });
  const first = (await open(folder)).fingerprint;
  t.is((await open(folder, { prepare: false, broken: "refuse", flip: true, dequantise: true, workers: 1 })).fingerprint, first);
  const others = [(await open(folder, { fit: "fill" })).fingerprint, (await open(folder, { channels: 1 })).fingerprint, (await open(folder, { crop: 4 })).fingerprint, (await open(folder, {}, 16)).fingerprint];
  await utimes(join(folder, "a.png"), 1, 1);
  others.push((await open(folder)).fingerprint);
  t.is(new Set([first, ...others]).size, 6);
});
