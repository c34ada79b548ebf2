import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { IdganError, type KnownDataset } from "@idgan/core";
import test, { type ExecutionContext } from "ava";
import sharp from "sharp";
import { inspectPictures } from "../inspect.js";
import { readPicture } from "../picture.js";
import { readMatStructs } from "./mat-file.js";
import { officialSets } from "./official-sets.js";

const fixtures = fileURLToPath(new URL("../../../../test/fixtures/", import.meta.url));
const progress = (): void => undefined;

async function temporary(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "idgan-known-"));
  t.teardown(() => rm(folder, { recursive: true }));
  return folder;
}

/** Waves of colour. */
function drawn(width: number, height: number, phase = 0): Buffer {
  return Buffer.from(Uint8Array.from({ length: width * height * 3 }, (_, i) => 127 + 120 * Math.sin(0.13 * (Math.floor(i / 3) % width) + 0.07 * Math.floor(i / 3 / width) + (i % 3) + phase)));
}

async function write(file: string, width: number, height: number, phase = 0): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await sharp(drawn(width, height, phase), { raw: { width, height, channels: 3 } }).png({ compressionLevel: 1 }).toFile(file);
}

function known(name: string): KnownDataset {
  const found = officialSets.find((each) => each.name === name);
  if (found === undefined) throw new Error(name);
  return found;
}

/** What is in `file` once `crop` is cut out and both sides are resized, by the path that is compared with Pillow elsewhere. */
async function expected(file: string, crop: { readonly left: number; readonly top: number; readonly width: number; readonly height: number }, size: number): Promise<Uint8Array> {
  return await readPicture(await sharp(file).extract(crop).png().toBuffer(), { size, channels: 3, fit: "fill", crop: null, leastSide: 0 });
}

/** readPicture goes by way of libvips where a picture is much larger than its frame. */
const tolerance = 2;

async function furthest(file: string, levels: Uint8Array): Promise<number> {
  const own = await raw(file);
  return own.length === levels.length ? own.reduce((most, level, i) => Math.max(most, Math.abs(level - (levels[i] as number))), 0) : Number.POSITIVE_INFINITY;
}

const raw = async (file: string): Promise<Buffer> => await sharp(file).raw().toBuffer();

for (const [name, width, height, crop] of [["celeba", 178, 218, { left: 9, top: 29, width: 160, height: 160 }], ["chairs", 600, 600, { left: 75, top: 75, width: 450, height: 450 }]] as const) {
  test(`${name} is cut out of the middle as the official code does, under its own names, in folders of its own`, async (t) => {
    const folder = await temporary(t);
    const [from, out] = [join(folder, "from"), join(folder, "out")];
    await write(join(from, "1.png"), width, height);
    await write(join(from, "inner/2.png"), width, height, 1);
    await write(join(from, "small.png"), 100, 500);
    await writeFile(join(from, "3.jpg"), "no picture");
    const { images, notes, settings } = await known(name).prepare({ from, out, size: undefined, progress });
    t.deepEqual([images, settings], [2, { "data.options.folder": out }]);
    t.is(notes.length, 2);
    t.regex(notes.join(), /3\.jpg is left out.*small\.png is left out: it has 100x500 pixels/);
    for (const file of ["1", "inner/2"]) t.true((await furthest(join(out, `${file}.png`), await expected(join(from, `${file}.png`), crop, 64))) <= tolerance);
    t.is((await sharp(join(out, "1.png")).metadata()).width, 64);
  });
}

test("what was prepared before is left as it is, and another size is another folder's", async (t) => {
  const folder = await temporary(t);
  await write(join(folder, "from/1.png"), 178, 218);
  const prepare = async (out: string, size?: number) => await known("celeba").prepare({ from: join(folder, "from"), out: join(folder, out), size, progress });
  await prepare("a");
  const { mtimeMs } = await stat(join(folder, "a/1.png"));
  await write(join(folder, "from/2.png"), 178, 218);
  t.is((await prepare("a")).images, 2);
  t.is((await stat(join(folder, "a/1.png"))).mtimeMs, mtimeMs);
  await prepare("b", 128);
  t.is((await sharp(join(folder, "b/1.png")).metadata()).width, 128);
  await t.throwsAsync(prepare("a", 128), { instanceOf: IdganError, message: /[12]\.png is there already and has 64 pixels on a side, and 128 are asked for\. Name another folder with --out/ });
});

test("nothing prepared is a failure, and so is a place that cannot be written, whatever the pictures are", async (t) => {
  const folder = await temporary(t);
  const prepare = async (from: string, out: string) => await known("celeba").prepare({ from: join(folder, from), out: join(folder, out), size: undefined, progress });
  await write(join(folder, "from/1.png"), 178, 218);
  await write(join(folder, "small/1.png"), 100, 100);
  await writeFile(join(folder, "file"), "mine");
  await t.throwsAsync(prepare("from", "file"), { instanceOf: IdganError, message: /file cannot be written: .*--out/ });
  await t.throwsAsync(prepare("small", "out"), { instanceOf: IdganError, message: /^None of the 1 pictures of .*small can be prepared\. 1\.png is left out: it has 100x100 pixels.*--from/ });
  await t.throwsAsync(prepare("nowhere", "out"), { instanceOf: IdganError, message: /nothing at .*nowhere.*Set --from to/ });
});

test("a picture that cannot be read is left out, a result that cannot be written is refused", async (t) => {
  const folder = await temporary(t);
  const prepare = async () => await known("celeba").prepare({ from: join(folder, "from"), out: join(folder, "out"), size: undefined, progress });
  await write(join(folder, "from/1.png"), 178, 218);
  await write(join(folder, "from/locked.png"), 178, 218);
  await chmod(join(folder, "from/locked.png"), 0);
  await symlink("loop.png", join(folder, "from/loop.png"));
  const { notes } = await prepare();
  t.regex(notes.join(), /loop\.png is left out: ELOOP/);
  // The superuser reads whatever there is.
  if (process.getuid?.() !== 0) t.regex(notes.join(), /locked\.png is left out: EACCES/);
  await rm(join(folder, "out"), { recursive: true });
  await mkdir(join(folder, "out"));
  await mkdir(join(folder, "out/1.png"));
  await t.throwsAsync(prepare(), { instanceOf: IdganError, message: /1\.png cannot be written/ });
  t.deepEqual((await readdir(join(folder, "out"))).filter((name) => name.startsWith("1.")), ["1.png"], "nothing half written is left");
});

test("two pictures of one name are not written over each other", async (t) => {
  const folder = await temporary(t);
  await write(join(folder, "from/a.png"), 178, 218);
  await sharp(drawn(178, 218, 2), { raw: { width: 178, height: 218, channels: 3 } }).jpeg({ quality: 100 }).toFile(join(folder, "from/a.jpg"));
  const { images, notes } = await known("celeba").prepare({ from: join(folder, "from"), out: join(folder, "out"), size: undefined, progress });
  t.deepEqual([images, notes], [1, ["a.png is left out: a.jpg goes to the same file."]]);
  t.true((await furthest(join(folder, "out/a.png"), await expected(join(folder, "from/a.jpg"), { left: 9, top: 29, width: 160, height: 160 }, 64))) <= tolerance);
});

test("two preparations at a time write the same and disturb neither", async (t) => {
  const folder = await temporary(t);
  for (let i = 0; i < 10; i += 1) await write(join(folder, `from/${i}.png`), 178, 218, i);
  const prepare = async () => await known("celeba").prepare({ from: join(folder, "from"), out: join(folder, "out"), size: undefined, progress });
  t.deepEqual((await Promise.all([prepare(), prepare()])).map(({ images }) => images), [10, 10]);
  t.is((await readdir(join(folder, "out"))).length, 10);
});

for (const [annotations, place] of [["car_boxes_annos.mat", "car_ims/00000"], ["car_boxes_train_annos.mat", "cars_train/0000"]] as const) {
  test(`cars are cut out by the boxes of ${annotations.replace("car_boxes", "cars")}, whatever their shape, and small ones are left out`, async (t) => {
    const folder = await temporary(t);
    const from = join(folder, "from");
    for (const car of [1, 2, 3, 4]) await write(join(from, `${place}${car}.png`), 600, 400, car);
    const file = join(from, annotations.replace("car_boxes", "cars"));
    await copyFile(join(fixtures, annotations), file);
    // The annotations name JPEG files.
    for (const car of [1, 2, 3, 4]) await sharp(join(from, `${place}${car}.png`)).jpeg({ quality: 100 }).toFile(join(from, `${place}${car}.jpg`)).then(() => rm(join(from, `${place}${car}.png`)));
    const { images, notes } = await known("cars").prepare({ from, out: join(folder, "out"), size: undefined, progress });
    t.is(images, 2);
    t.regex(notes.join(" "), /3\.jpg is left out: its box has 299x62 pixels.*4\.jpg is left out: the annotations have no box/);
    const boxes = [{ left: 39, top: 116, width: 530, height: 259 }, { left: 5, top: 6, width: 200, height: 100 }];
    for (const [i, box] of boxes.entries()) t.true((await furthest(join(folder, "out", `${place}${i + 1}.png`), await expected(join(from, `${place}${i + 1}.jpg`), box, 64))) <= tolerance);
  });
}

test("cars without annotations, or with broken ones, are refused by name", async (t) => {
  const from = await temporary(t);
  const prepare = async (): Promise<unknown> => await known("cars").prepare({ from, out: join(from, "out"), size: undefined, progress });
  t.is((await t.throwsAsync(prepare, { instanceOf: IdganError, message: /No cars_annos\.mat/ }))?.code, "DATA_NOT_FOUND");
  const file = join(from, "cars_annos.mat");
  await copyFile(join(fixtures, "car_boxes_annos.mat"), file);
  const whole = await readFile(file);
  await truncate(file, whole.length - 100);
  await t.throwsAsync(prepare, { instanceOf: IdganError, message: /cars_annos\.mat cannot be read/ });
  await writeFile(file, "MATLAB 5.0 MAT-file");
  await t.throwsAsync(prepare, { instanceOf: IdganError, message: /no MAT-file of level 5/ });
  t.throws(() => readMatStructs(whole, "other"), { message: /no array of structs called "other"/ });
});

test("CelebA-HQ is looked through and used as it is", async (t) => {
  const folder = await temporary(t);
  await write(join(folder, "1.png"), 1024, 1024);
  await write(join(folder, "2.png"), 512, 512);
  const { images, notes, settings } = await known("celeba-hq").prepare({ from: folder, out: "unused", size: undefined, progress });
  t.deepEqual([images, notes, settings], [2, ["1 pictures have 512x512 pixels, not 1024x1024."], { "data.options.folder": folder }]);
});

test("inspecting a folder counts sizes and channels, names what is broken, and shows some", async (t) => {
  const folder = await temporary(t);
  for (const name of ["a", "b", "inner/c"]) await write(join(folder, `${name}.png`), 30, 20);
  await sharp(drawn(10, 10), { raw: { width: 10, height: 10, channels: 3 } }).toColourspace("b-w").png().toFile(join(folder, "grey.png"));
  await writeFile(join(folder, "broken.jpg"), "x");
  await writeFile(join(folder, "readme.txt"), "x");
  const seen: number[] = [];
  const found = await inspectPictures({ path: folder, shown: 2, side: 8, progress: (done) => void seen.push(done) });
  t.deepEqual(found?.sizes, [{ width: 30, height: 20, channels: 3, count: 3 }, { width: 10, height: 10, channels: 1, count: 1 }]);
  t.deepEqual([found?.images, found?.broken.length, found?.pictures.length, found?.pictures[0]?.length], [4, 1, 2, 8 * 8 * 3]);
  t.regex(found?.broken[0] ?? "", /^broken\.jpg: /);
  t.regex(found?.notes[0] ?? "", /^1 file that is/);
  t.deepEqual(seen, [1, 2, 3, 4, 5]);
  t.is(await inspectPictures({ path: join(folder, "readme.txt"), shown: 2, side: 8, progress }), undefined);
});

test("inspecting shows pictures and names sizes in the same order whichever was decoded first", async (t) => {
  const folder = await temporary(t);
  const sides = [1500, 10, 12, 14];
  for (const [i, side] of sides.entries()) await sharp({ create: { width: side, height: side, channels: 3, background: { r: 50 * i, g: 0, b: 0 } } }).png().toFile(join(folder, `${i}.png`));
  const found = await inspectPictures({ path: folder, shown: 4, side: 8, progress });
  t.deepEqual(found?.pictures.map((picture) => picture[0]), [0, 50, 100, 150]);
  t.deepEqual(found?.sizes.map(({ width }) => width), [1500, 14, 12, 10]);
  t.deepEqual((await inspectPictures({ path: folder, shown: 0, side: 8, progress }))?.pictures, []);
});
