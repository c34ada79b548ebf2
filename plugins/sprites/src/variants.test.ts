import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createStream, IdganError, type Dataset } from "@idgan/core";
import test, { type ExecutionContext } from "ava";
import sharp from "sharp";
import { drawTexture, readBackdrop } from "./backdrop.js";
import { imageCount, openSprites, type SpritesOptions } from "./index.js";

const size = 16;
const plain: SpritesOptions = { path: null, cache: null, variant: "plain", rule: "locatello2019", scream: null, draw: 0, antialias: false };
const open = (options: Partial<SpritesOptions>, side = size): Promise<Dataset> => openSprites({ ...plain, ...options }, { size: side });
const indices = [0, 1, imageCount - 1, ...createStream(3, "test/indices").integers(0, 200, imageCount)];

/** Each image as pixels of three channels, beside whether the sprite is there. */
async function pixelsOf(options: Partial<SpritesOptions>): Promise<readonly { readonly on: boolean; readonly colour: readonly number[]; readonly image: number }[]> {
  const [masks, images] = await Promise.all([(await open({})).batch(indices), (await open(options)).batch(indices)]);
  return Array.from(masks, (mask, i) => ({ on: mask === 1, colour: [...images.subarray(3 * i, 3 * i + 3)], image: Math.floor(i / size ** 2) }));
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

for (const rule of ["locatello2019", "official"] as const) {
  test(`color sprites by the rule of ${rule} have one colour each on black`, async (t) => {
    const pixels = await pixelsOf({ variant: "color", rule });
    t.true(pixels.filter(({ on }) => !on).every(({ colour }) => colour.every((value) => value === 0)));
    const colours = indices.map((_, image) => pixels.filter((pixel) => pixel.on && pixel.image === image).map(({ colour }) => colour));
    for (const same of colours) t.deepEqual(new Set(same.map(String)).size, 1);
    const values = colours.flatMap(([colour]) => colour ?? []);
    if (rule === "official") {
      const levels = Array.from({ length: 8 }, (_, level) => Math.fround(level / 7));
      t.deepEqual([...new Set(values)].sort((a, b) => a - b), levels);
      t.true(Math.abs(mean(values) - 0.5) < 4 * Math.sqrt((64 - 1) / 12 / 49 / values.length), "the mean of eight levels is 1/2");
    } else {
      t.true(values.every((value) => value >= 0.5 && value < 1));
      t.true(Math.abs(mean(values) - 0.75) < 4 * Math.sqrt(1 / 48 / values.length), "the mean of U(1/2, 1) is 3/4");
    }
  });

  test(`noisy sprites by the rule of ${rule} are white on uniform noise of every pixel and channel`, async (t) => {
    const pixels = await pixelsOf({ variant: "noisy", rule });
    t.true(pixels.filter(({ on }) => on).every(({ colour }) => colour.every((value) => value === 1)));
    const noise = pixels.filter(({ on }) => !on).flatMap(({ colour }) => colour);
    t.true(noise.every((value) => value >= 0 && value < 1));
    t.true(new Set(noise).size > 0.95 * noise.length, "no two alike, but for chance");
    t.true(Math.abs(mean(noise) - 0.5) < 4 * Math.sqrt(1 / 12 / noise.length));
    t.true(Math.abs(mean(noise.map((value) => value ** 2)) - 1 / 3) < 4 * Math.sqrt(4 / 45 / noise.length));
  });
}

test("on edges that are grey, locatello2019 adds noise up to 1, and the official rule leaves every pixel that is not 0", async (t) => {
  const edges = await (await open({ antialias: true })).batch([200_000]);
  const [added, replaced] = await Promise.all((["locatello2019", "official"] as const).map(async (rule) => (await open({ variant: "noisy", rule, antialias: true })).batch([200_000])));
  t.true(edges.some((value) => value > 0 && value < 1));
  edges.forEach((covered, i) => {
    for (const channel of [0, 1, 2]) {
      const [sum, kept] = [added?.[3 * i + channel] ?? 0, replaced?.[3 * i + channel] ?? 0];
      if (covered === 0) t.is(sum, kept);
      else t.deepEqual([kept, sum >= covered && sum <= 1], [covered, true]);
    }
  });
});

/** A picture of noise, so that a patch can be in one place only. */
async function noisePicture(t: ExecutionContext, width: number, height: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "idgan-scream-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const noise = Uint8Array.from(createStream(1, "test/picture").integers(0, width * height * 3, 256));
  await sharp(noise, { raw: { width, height, channels: 3 } }).png().toFile(join(folder, "noise.png"));
  return join(folder, "noise.png");
}

test("scream sprites show a patch of the picture, averaged with a colour, and on the sprite its negative", async (t) => {
  const scream = await noisePicture(t, 100, 88);
  const { pixels: picture, width, height } = await readBackdrop(scream, size);
  t.deepEqual([width, height], [25, 22], "a quarter, as the sprites");
  const pixels = await pixelsOf({ variant: "scream", scream });
  const corners = new Set<string>();
  for (const [image] of indices.slice(0, 20).entries()) {
    const own = pixels.filter((pixel) => pixel.image === image).map(({ on, colour }) => colour.map((value) => (on ? 1 - value : value)));
    const found: string[] = [];
    for (let top = 0; top + size <= height; top += 1) {
      for (let left = 0; left + size <= width; left += 1) {
        const at = (i: number, channel: number): number => (picture[((top + Math.floor(i / size)) * width + left + (i % size)) * 3 + channel] ?? 0) / 255;
        const tint = [0, 1, 2].map((channel) => 2 * (own[0]?.[channel] ?? 0) - at(0, channel));
        if (own.every((colour, i) => colour.every((value, channel) => Math.abs(2 * value - at(i, channel) - (tint[channel] ?? 0)) < 1e-5))) {
          t.true(tint.every((value) => value >= -1e-6 && value < 1));
          found.push(`${left},${top}`);
        }
      }
    }
    t.is(found.length, 1, `image ${image} is a patch of the picture`);
    corners.add(found[0] ?? "");
  }
  t.true(corners.size > 3);
});

test("every image of a variant is a function of its index and the draw alone", async (t) => {
  for (const variant of ["color", "noisy", "scream"] as const) {
    const dataset = await open({ variant });
    const [alone, together, other] = [await dataset.batch([4321]), await (await open({ variant })).batch([7, 4321]), await (await open({ variant, draw: 1 })).batch([4321])];
    t.deepEqual(alone, together.slice(alone.length));
    t.notDeepEqual(alone, other);
  }
});

test("names say what was painted, on what, by whose rule, and fingerprints change with all that changes pixels", async (t) => {
  const scream = await noisePicture(t, 100, 100);
  const opened = await Promise.all(([{}, { variant: "color" }, { variant: "color", rule: "official" }, { variant: "color", draw: 5 }, { variant: "noisy" }, { variant: "scream" }, { variant: "scream", scream }] as const).map((options) => open(options)));
  t.deepEqual(opened.map(({ name }) => name), [
    "sprites (rendered, dSprites-compatible)",
    "color sprites (rendered, dSprites-compatible, by disentanglement_lib's rule)",
    "color sprites (rendered, dSprites-compatible, by the official code's rule)",
    "color sprites (rendered, dSprites-compatible, by disentanglement_lib's rule)",
    "noisy sprites (rendered, dSprites-compatible, by disentanglement_lib's rule)",
    "scream sprites (rendered, dSprites-compatible over a procedural texture)",
    "scream sprites (rendered, dSprites-compatible)",
  ]);
  t.is(new Set(opened.map(({ fingerprint }) => fingerprint)).size, opened.length);
  t.deepEqual(opened.map(({ notes = [] }) => notes.length), [0, 0, 0, 0, 0, 1, 0]);
  t.deepEqual(opened.map(({ image }) => image.channels), [1, 3, 3, 3, 3, 3, 3]);
});

test("the picture is reduced as Pillow's thumbnail, within 2 grey levels, and grows with the sprites", async (t) => {
  const tolerance = 2;
  const { cases } = JSON.parse(await readFile(new URL("../../../test/fixtures/scream_thumbnail.json", import.meta.url), "utf8")) as {
    readonly cases: readonly { readonly width: number; readonly height: number; readonly reduced: readonly [number, number]; readonly pixels: string }[];
  };
  const folder = await mkdtemp(join(tmpdir(), "idgan-thumbnail-"));
  t.teardown(() => rm(folder, { recursive: true }));
  for (const { width, height, reduced, pixels } of cases) {
    const file = join(folder, `${width}.png`);
    await sharp(drawn(width, height), { raw: { width, height, channels: 3 } }).png({ compressionLevel: 1 }).toFile(file);
    const backdrop = await readBackdrop(file, 64);
    t.deepEqual([backdrop.width, backdrop.height], reduced);
    const expected = Buffer.from(pixels, "base64");
    const columns = Math.ceil(backdrop.width / 16);
    const off = Math.max(...Array.from(expected, (value, i) => {
      const [x, y] = [(Math.floor(i / 3) % columns) * 16, Math.floor(i / 3 / columns) * 16];
      return Math.abs(value - (backdrop.pixels[(y * backdrop.width + x) * 3 + (i % 3)] ?? 0));
    }));
    t.true(off <= tolerance, `${width}x${height}: off by ${off}`);
    const larger = await readBackdrop(file, 128);
    t.deepEqual([larger.width, larger.height], reduced.map((side) => 2 * side));
  }
});

/** The fixture script's picture. */
function drawn(width: number, height: number): Uint8Array {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i += 1) {
    const [x, y, c] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3];
    data[i] = Math.min(255, Math.max(0, Math.floor(127.5 + 70 * Math.sin(0.05 * (c + 1) * x + c) + 50 * Math.cos(0.031 * (c + 2) * y))));
  }
  return data;
}

test("the texture has room for patches at every size, and colour in every part", (t) => {
  for (const side of [8, 64, 200]) {
    const { width, height, pixels } = drawTexture(side);
    t.true(width > side && height > side && pixels.length === width * height * 3);
    t.true(new Set(pixels).size > 100);
  }
});

test("a background that is missing, no picture or too small is refused by name", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "idgan-scream-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const text = join(folder, "text.jpg");
  await writeFile(text, "no picture");
  const cases = [[join(folder, "none.jpg"), "DATA_NOT_FOUND", /none\.jpg/], [text, "DATA_INVALID", /text\.jpg cannot be the background/], [await noisePicture(t, 60, 80), "DATA_INVALID", /reduced to 60x80, it is smaller than a sprite of 64/]] as const;
  for (const [scream, code, said] of cases) {
    const error = await t.throwsAsync(open({ variant: "scream", scream }, 64), { instanceOf: IdganError, message: said });
    t.is(error?.code, code);
  }
});
