import { chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test, { type ExecutionContext } from "ava";
import sharp from "sharp";
import { createStream, IdganError, type Dataset } from "@idgan/core";
import { classesOf } from "./classes.js";
import plugin, { type PictureOptions } from "./index.js";
import { packTar, type Tarred } from "./tar.test.builder.js";
import { packZip } from "./zip.test.builder.js";

const defaults: PictureOptions = {
  folder: ".", channels: 1, boxes: null, crop: null, leastSide: 0, fit: "cover", flip: false, dequantise: false, augment: "synthesise",
  classes: false, broken: "skip", prepare: false, cache: null, workers: 0,
};

/** A picture of one grey level. */
const shade = (level: number, width = 8, height = 8): Promise<Buffer> => sharp({ create: { width, height, channels: 3, background: { r: level, g: level, b: level } } }).png().toBuffer();

const shades = await Promise.all([10, 20, 30, 40].map((level) => shade(level)));

async function temporary(t: ExecutionContext, files: Readonly<Record<string, Buffer | string>> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "idgan-sources-"));
  t.teardown(() => rm(folder, { recursive: true }));
  for (const [name, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), bytes);
  }
  return folder;
}

async function open(t: ExecutionContext, folder: string, options: Partial<PictureOptions> = {}): Promise<Dataset> {
  const images = await plugin.open({ ...defaults, ...options, folder }, { size: 8, folder: "/", seed: 1 });
  t.teardown(async () => await images.close?.());
  return images;
}

/** The grey level in the middle of every image. */
async function levels(images: Dataset): Promise<number[]> {
  const pixels = await images.batch(Array.from({ length: images.size }, (_, i) => i));
  return Array.from({ length: images.size }, (_, i) => Math.round((pixels[i * 64 + 36] as number) * 255));
}

async function refusal(t: ExecutionContext, opening: Promise<unknown>, said: RegExp): Promise<void> {
  const error = await t.throwsAsync(opening, { instanceOf: IdganError, message: said });
  t.regex(error?.code ?? "", /^DATA_/);
}

const tarred: readonly Tarred[] = [
  { name: "set/", kind: "5" },
  { name: "./set/b.png", data: shades[1]! },
  { name: "set/b.cls", data: Buffer.from("7") },
  { name: `set/${"long/".repeat(30)}a.png`, data: shades[0]! },
  { name: "set/link.png", kind: "2" },
  { name: "set/.hidden.png", data: shades[3]! },
  { name: "set/c.PNG", data: shades[2]! },
];

test("a zip is read in the order of names, a tar in its own, with long names of both kinds, from their places", async (t) => {
  const folder = await temporary(t, {
    "set.zip": packZip([{ name: "b.png", data: shades[1]! }, { name: "a/a.png", data: shades[0]!, method: 0 }, { name: "__MACOSX/a.png", data: shades[3]! }, { name: "readme", data: shades[0]! }]),
    "pax.tar": packTar(tarred),
    "gnu.tar": packTar(tarred, { long: "gnu", ended: false }),
  });
  const zip = await open(t, join(folder, "set.zip"));
  t.deepEqual([await levels(zip), zip.notes], [[10, 20], ["2 files that are not named as PNG, JPEG or WebP were left out."]]);
  for (const name of ["pax.tar", "gnu.tar"]) {
    const tar = await open(t, join(folder, name));
    t.deepEqual(await levels(tar), [20, 10, 30]);
    t.deepEqual(tar.notes, ["3 files that are not named as PNG, JPEG or WebP were left out."]);
  }
});

test("a pattern of shards is read shard after shard", async (t) => {
  const folder = await temporary(t, Object.fromEntries(["08", "09", "10"].map((number, i) => [`shard-${number}.tar`, packTar([{ name: "0.png", data: shades[i]! }, { name: "1.png", data: shades[3]! }])])));
  for (const pattern of ["shard-{08..10}.tar", "shard-*.tar", "s*-??.tar"]) t.deepEqual(await levels(await open(t, join(folder, pattern))), [10, 40, 20, 40, 30, 40], pattern);
  await refusal(t, open(t, join(folder, "shard-{08..11}.tar")), /nothing at .*shard-11\.tar/);
  await refusal(t, open(t, join(folder, "shard-{10..08}.tar")), /no range/);
  await refusal(t, open(t, join(folder, "x*.tar")), /No file is named like/);
  await refusal(t, open(t, join(folder, "none.tar")), /nothing at/);
});

test("entries whose names lead out of an archive, damaged and truncated ones are skipped with a note, or refused", async (t) => {
  const flat = Buffer.from(shades[0]!);
  const folder = await temporary(t, {
    "out.zip": packZip([{ name: "../out.png", data: shades[1]! }, { name: "/etc/out.png", data: shades[1]! }, { name: "C:\\out.png", data: shades[1]! }, { name: "in.png", data: flat }, { name: "crc.png", data: flat, claims: { crc: 5 } }, { name: "bomb.png", data: Buffer.alloc(100_000), claims: { bytes: 100 } }, { name: "locked.png", data: flat, flags: 1 }]),
    "out.tar": packTar([{ name: "a/../../out.png", data: flat }, { name: "in.png", data: flat }, { name: "cut.png", data: flat, bytes: 10_000 }], { ended: false }),
    "damaged.tar": Buffer.concat([packTar([{ name: "in.png", data: flat }], { ended: false }), Buffer.alloc(512, 7)]),
    "huge.tar": packTar([{ name: "in.png", data: flat }, { name: "huge.png", bytes: 2 ** 40 }], { ended: false }),
  });
  const expected: Readonly<Record<string, readonly RegExp[]>> = {
    "out.zip": [/^5 of 6 /, /C:\\out.png .*leads out/, /\.\.\/out.png .*leads out/, /\/etc\/out.png .*leads out/, /bomb.png .*holds more/, /crc.png .*damaged/, /^1 entries of out.zip are encrypted/],
    "out.tar": [/^2 of 3 /, /a\/\.\.\/\.\.\/out.png .*leads out/, /cut.png .*ends too early/],
    "damaged.tar": [/^1 of 2 /, /the rest of it.*begins no entry/],
    "huge.tar": [/^1 of 2 /, /huge.png .*bytes/],
  };
  for (const [name, said] of Object.entries(expected)) {
    const images = await open(t, join(folder, name));
    t.is(images.size, 1);
    for (const pattern of said) t.true(images.notes?.some((note) => pattern.test(note)), `${name}: ${pattern} is not among ${images.notes?.join(" | ")}`);
    await refusal(t, open(t, join(folder, name), { broken: "refuse" }), /Mend or remove it/);
  }
});

test("what is no archive, an empty one, and a packed tar are refused", async (t) => {
  const folder = await temporary(t, { "a.zip": "no zip", "a.tar": "no tar".padEnd(600), "empty.tar": Buffer.alloc(0), "b.tar": packTar([]), "a.tar.gz": "x", "a.tgz": "x" });
  await refusal(t, open(t, join(folder, "a.zip")), /zip archive/);
  await refusal(t, open(t, join(folder, "a.tar")), /tar archive/);
  for (const name of ["b.tar", "empty.tar"]) await refusal(t, open(t, join(folder, name)), /No PNG, JPEG or WebP/);
  for (const name of ["a.tar.gz", "a.tgz"]) await refusal(t, open(t, join(folder, name)), /unpack it/);
});

test("files and archives that change while they are read are not taken for what they were", async (t) => {
  const cases = [{ path: "a", inside: "a/a.png", bytes: shades[0]! }, { path: "a.tar", inside: "a.tar", bytes: packTar([{ name: "a.png", data: shades[0]! }]) }, { path: "a.zip", inside: "a.zip", bytes: packZip([{ name: "a.png", data: shades[0]! }]) }];
  const folder = await temporary(t, Object.fromEntries(cases.map(({ inside, bytes }) => [inside, bytes])));
  for (const { path, inside } of cases) {
    const images = await open(t, join(folder, path), { workers: 1 });
    await t.notThrowsAsync(images.batch([0]));
    await utimes(join(folder, inside), 1, 1);
    await refusal(t, images.batch([0]), /a\.png cannot be used .*changed/);
    t.not((await open(t, join(folder, path))).fingerprint, images.fingerprint);
  }
});

test("links that lead in a circle or nowhere, pipes and folders named as pictures end nothing", async (t) => {
  const folder = await temporary(t, { "a.png": shades[0]!, "folder.png/b.png": shades[1]! });
  await symlink(folder, join(folder, "folder.png", "again"));
  await symlink("loop.png", join(folder, "loop.png"));
  const images = await open(t, folder);
  t.deepEqual(await levels(images), [10, 20]);
  t.true(images.notes?.some((note) => note.includes("loop.png")));
});

test("boxes are cut out before the crop, by a table with or without a heading; a picture without one is skipped", async (t) => {
  const striped = (await sharp(Uint8Array.from({ length: 100 * 60 * 3 }, (_, i) => (Math.floor(i / 3) % 100 >= 60 ? 200 : 0)), { raw: { width: 100, height: 60, channels: 3 } }).png().toBuffer());
  const folder = await temporary(t, {
    "set/a.png": striped, "set/b.png": striped, "set/sub/c.png": striped,
    "boxes.csv": "file,left,top,right,bottom\na.png,60,0,100,60\nb.png,-5,0,40,70\nsub/c.png,62,10,82,30\n",
    "celeba.txt": "3\nimage_id x_1 y_1 width height\na.png    60 0 40 60\nc.png 0 0 20 20\n",
    "outside.csv": "a.png,200,0,300,60\nb.png;0;0;10;60\n",
    "broken.csv": "a.png,1,2,3,4\nb.png,1,2,three,4\n",
    "none.csv": "file,left\n",
    "blanks/a b.png": striped, "blanks/c.png": striped,
    "blanks.csv": "a b.png,60,0,100,60\nc.png\t0 0 40 60\n",
    "blanks.txt": "a b.png 60 0 100 60\nc.png 0 0 40 60\n",
    "nameless.txt": "60 0 100 60\n",
    "fifth.csv": "a.png,5,60,0,100,60\n",
  });
  const set = join(folder, "set");
  t.deepEqual(await levels(await open(t, set, { boxes: join(folder, "boxes.csv"), fit: "fill" })), [200, 0, 200]);
  t.deepEqual(await levels(await open(t, set, { boxes: join(folder, "boxes.csv"), crop: 4 })), [200, 0, 200]);
  for (const name of ["blanks.csv", "blanks.txt"]) t.deepEqual(await levels(await open(t, join(folder, "blanks"), { boxes: join(folder, name) })), [200, 0], name);
  await refusal(t, open(t, set, { boxes: join(folder, "nameless.txt") }), /holds no boxes/);
  await refusal(t, open(t, set, { boxes: join(folder, "fifth.csv") }), /holds no boxes/);
  const celeba = await open(t, set, { boxes: join(folder, "celeba.txt") });
  t.deepEqual([await levels(celeba), celeba.notes?.[1]], [[200, 0], `The picture b.png cannot be used (has no box in ${join(folder, "celeba.txt")}).`]);
  const outside = await open(t, set, { boxes: join(folder, "outside.csv") });
  t.true(outside.notes?.some((note) => /a\.png.*outside/.test(note)));
  t.is((await open(t, set, { boxes: join(folder, "boxes.csv"), leastSide: 40 })).size, 2);
  await refusal(t, open(t, set, { boxes: join(folder, "boxes.csv"), leastSide: 41 }), /None of the 3 .*leastSide/);
  await refusal(t, open(t, set, { boxes: join(folder, "broken.csv") }), /broken\.csv, line 2/);
  await refusal(t, open(t, set, { boxes: join(folder, "none.csv") }), /holds no boxes/);
  await refusal(t, open(t, set, { boxes: join(folder, "missing.csv") }), /cannot be read/);
});

test("class folders of one size are a factor, of several a note", async (t) => {
  const equal = Object.fromEntries(["dog/1", "dog/2", "cat/1", "cat/x/2"].map((name, i) => [`${name}.png`, shades[i]!]));
  const images = await open(t, await temporary(t, equal), { classes: true });
  t.deepEqual(images.factors, [{ name: "class", size: 2 }, { name: "picture of the class", size: 2 }]);
  t.deepEqual([...(images.factorValues?.([0, 1, 2, 3]) ?? [])], [0, 0, 0, 1, 1, 0, 1, 1]);
  t.deepEqual([...(images.indicesOf?.(Int32Array.of(1, 0, 0, 1)) ?? [])], [2, 1]);
  t.throws(() => images.indicesOf?.(Int32Array.of(2, 0)), { message: /2 classes of 2/ });
  t.deepEqual(images.notes, ["Classes, from 0 on: cat, dog."]);
  const unequal = await open(t, await temporary(t, { ...equal, "dog/3.png": shades[0]! }), { classes: true });
  t.is(unequal.factors, undefined);
  t.regex(unequal.notes?.[0] ?? "", /2 classes are no factor: they have from 2 to 3/);
  const flat = await open(t, await temporary(t, { "a.png": shades[0]!, ...equal }), { classes: true });
  t.regex(flat.notes?.[0] ?? "", /a\.png lies in no class folder/);
});

test("a hundred thousand class folders are counted in seconds", (t) => {
  const places = Array.from({ length: 100_000 }, (_, i) => ({ name: `${i}/a.png`, path: "", bytes: 0, modified: 0 }));
  const begun = process.cpuUsage();
  t.is(classesOf(places).factors?.factors[0]?.size, 100_000);
  t.true(process.cpuUsage(begun).user < 5_000_000);
});

test("pictures up to 1024 pixels, grey and in colour, flipped for stage 2 and never for a look", async (t) => {
  const left = await sharp(Uint8Array.from({ length: 1200 * 1100 }, (_, i) => (i % 1200 < 600 ? 0 : 255)), { raw: { width: 1200, height: 1100, channels: 1 } }).png().toBuffer();
  const folder = await temporary(t, { "a.png": left });
  for (const channels of [1, 3] as const) {
    const images = await plugin.open({ ...defaults, channels, flip: true, folder }, { size: 1024, folder: "/", seed: 1 });
    t.teardown(async () => await images.close?.());
    t.is(images.image.height, 1024);
    t.deepEqual([(await images.batch([0]))[0], (await images.batch([0]))[0]], [0, 0]);
    const corners = [];
    for (let step = 0; step < 12; step += 1) corners.push((await images.batch([0], { stage: "synthesise", purpose: "real", step, first: 0 }))[0]);
    const tosses = Array.from({ length: 12 }, (_, step) => (createStream(1, "data/synthesise/real/flip").uniform(step, 1)[0]! < 0.5 ? 1 : 0));
    t.deepEqual(corners, tosses);
    t.is((await images.batch([0], { stage: "represent", purpose: "real", step: tosses.indexOf(1), first: 0 }))[0], 0);
  }
});

test("a picture of 1x65535 is framed as it asks for, and a file without permission is skipped", async (t) => {
  const thin = await sharp(Uint8Array.from({ length: 65_535 }, () => 77), { raw: { width: 1, height: 65_535, channels: 1 } }).png().toBuffer();
  const folder = await temporary(t, { "locked.png": shades[0]!, "thin.png": thin });
  await chmod(join(folder, "locked.png"), 0);
  for (const fit of ["cover", "contain", "fill"] as const) {
    const images = await open(t, folder, { fit });
    // The superuser reads whatever there is.
    t.is(images.size, process.getuid?.() === 0 ? 2 : 1);
    const pixels = await images.batch([images.size - 1]);
    t.is(Math.round(Math.min(...pixels) * 255), 77, fit);
  }
});
