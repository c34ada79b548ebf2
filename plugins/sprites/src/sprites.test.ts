import { createHash } from "node:crypto";
import test from "ava";
import { IdganError } from "@idgan/core";
import plugin, { factors, imageCount, openSprites, type SpritesOptions } from "./index.js";
import { outlines, place } from "./outline.js";

const hard: SpritesOptions = { path: null, cache: null, variant: "plain", rule: "locatello2019", scream: null, draw: 0, antialias: false };
const soft: SpritesOptions = { ...hard, antialias: true };
const open = (options: SpritesOptions, size: number) => openSprites(options, { size });

/** SHA-256 over the bytes (0 or 1) of the 320 real frames, in order, of dsprites.gif in google-deepmind/dsprites-dataset. */
const realFrames = "79e3b6d529222a04a628c13d9b5fa03b92a37b364d484a01fb5b828615af7d12";

/** Numbers below `limit` from a linear congruential generator. */
function numbersBelow(limit: number, count: number): number[] {
  let state = 12_345;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  });
}

/** What the animation shows: each shape grows, shrinks, grows and turns; the heart then goes round the frame; each shrinks. */
function animation(): number[][] {
  const up = [0, 1, 2, 3, 4, 5];
  const down = up.toReversed();
  const along = Array.from({ length: 32 }, (_, i) => i);
  const back = along.toReversed();
  const frames: number[][] = [];
  const show = (values: readonly number[], frame: (value: number) => number[]): void => values.forEach((value) => frames.push(frame(value)));
  for (const shape of [2, 1, 0]) {
    for (const scales of [up, down, up]) {
      show(scales, (scale) => [0, shape, scale, 0, 0, 0]);
    }
    show([...along, 32, 33, 34, 35, 36, 37, 38, 39], (turn) => [0, shape, 5, turn, 0, 0]);
    if (shape === 2) {
      show(along, (y) => [0, shape, 5, 0, 0, y]);
      show(along, (x) => [0, shape, 5, 0, x, 31]);
      show(back, (y) => [0, shape, 5, 0, 31, y]);
      show(back, (x) => [0, shape, 5, 0, x, 0]);
    }
    show(down, (scale) => [0, shape, scale, 0, 0, 0]);
  }
  return frames;
}

async function draw(values: readonly number[], size = 64, options = hard): Promise<Float32Array> {
  const sprites = await open(options, size);
  return sprites.batch(sprites.indicesOf?.(Int32Array.from(values)) ?? []);
}

const sum = (image: Float32Array): number => image.reduce((total, pixel) => total + pixel, 0);

test("the 320 frames of dSprites' own animation come out to the pixel", async (t) => {
  const sprites = await open(hard, 64);
  const frames = animation();
  t.is(frames.length, 320);
  const images = await sprites.batch(sprites.indicesOf?.(Int32Array.from(frames.flat())) ?? []);
  t.is(createHash("sha256").update(Uint8Array.from(images)).digest("hex"), realFrames);
});

test("indices map to factor values in dSprites' order, at both ends and at 1,000 places between", async (t) => {
  t.deepEqual(factors.map((factor) => factor.size), [1, 3, 6, 40, 32, 32]);
  t.is(imageCount, 737_280);
  const sprites = await open(hard, 64);
  const indices = [0, imageCount - 1, ...numbersBelow(imageCount, 1000)];
  const values = sprites.factorValues?.(indices) ?? new Int32Array();
  t.deepEqual(Array.from(values.subarray(0, 12)), [0, 0, 0, 0, 0, 0, 0, 2, 5, 39, 31, 31]);
  for (const [i, index] of indices.entries()) {
    const expected = [0, Math.floor(index / 245_760), Math.floor(index / 40_960) % 6, Math.floor(index / 1024) % 40, Math.floor(index / 32) % 32, index % 32];
    t.deepEqual(Array.from(values.subarray(6 * i, 6 * i + 6)), expected);
  }
  t.deepEqual([...(sprites.indicesOf?.(values) ?? [])], indices);
});

for (const size of [8, 33, 64, 256]) {
  test(`at ${size} pixels, a pixel is 1 exactly where its centre is inside the outline`, async (t) => {
    const sprites = await open(hard, size);
    for (const index of numbersBelow(imageCount, size > 64 ? 4 : 40)) {
      const [, shape, scale, turn, x, y] = [...(sprites.factorValues?.([index]) ?? [])] as [number, number, number, number, number, number];
      const outline = place(outlines[shape] as Float64Array, (0.5 + scale / 10) * (size / 64), turn);
      const center = [16 + (32 * x) / 31, 16 + (32 * y) / 31].map((place64) => (place64 * size) / 64) as [number, number];
      const expected = Array.from({ length: size * size }, (_, i) =>
        isInside(outline, (i % size) + 0.5 - center[0], Math.floor(i / size) + 0.5 - center[1]) ? 1 : 0);
      t.deepEqual([...(await sprites.batch([index]))], expected, `image ${index}`);
    }
  });
}

/** By the even-odd rule, one ray to the right. */
function isInside(outline: Float64Array, x: number, y: number): boolean {
  let inside = false;
  for (let i = 0, j = outline.length - 2; i < outline.length; j = i, i += 2) {
    const [x0, y0, x1, y1] = [outline[j], outline[j + 1], outline[i], outline[i + 1]] as [number, number, number, number];
    if (y0 > y !== y1 > y && x < x0 + ((y - y0) / (y1 - y0)) * (x1 - x0)) {
      inside = !inside;
    }
  }
  return inside;
}

test("with antialias, the sum of the pixels is the area of the shape, at any size", async (t) => {
  const tolerance = 0.005;
  const areas = [(2 * 9.598) ** 2, Math.PI * 12.7664 * 7.2136, heartArea()];
  for (const [shape, area] of areas.entries()) {
    for (const size of [64, 100]) {
      for (const turn of [0, 7]) {
        const expected = area * (0.8 * (size / 64)) ** 2;
        t.true(Math.abs(sum(await draw([0, shape, 3, turn, 5, 20], size, soft)) / expected - 1) < tolerance, `shape ${shape}, size ${size}, turn ${turn}`);
      }
    }
  }
});

/** Integral of `2 x dy` over half the curve x = 9.5997 sin^3 t, y = 0.66221 (13 cos t - 5 cos 2t - 2 cos 3t - cos 4t), in closed form. */
function heartArea(): number {
  // The integral over 0 … pi of sin^3 t * sin(n t) is 3 pi / 8, 0, -pi / 8, 0 for n = 1 … 4.
  return 2 * 9.5997 * 0.66221 * ((13 * 3 * Math.PI) / 8 + (2 * 3 * Math.PI) / 8);
}

test("antialiased pixels lie in [0, 1], keep the inside whole, and round to the hard image but at edges", async (t) => {
  const [edged, plain] = await Promise.all([draw([0, 2, 5, 4, 9, 9], 64, soft), draw([0, 2, 5, 4, 9, 9])]);
  t.true(edged.every((pixel) => pixel >= 0 && pixel <= 1 + 1e-6));
  t.true(edged.some((pixel) => pixel > 0.2 && pixel < 0.8));
  const different = edged.filter((pixel, i) => Math.abs(pixel - (plain[i] as number)) > 0.75);
  t.is(different.length, 0);
});

test("orientations 0 and 39 are the same angle, and the position moves the sprite by 32/31 pixels a step", async (t) => {
  t.deepEqual(await draw([0, 1, 5, 0, 3, 3]), await draw([0, 1, 5, 39, 3, 3]));
  const centroid = (image: Float32Array): number => image.reduce((total, pixel, i) => total + pixel * ((i % 64) + 0.5), 0) / sum(image);
  for (const x of [0, 1, 15, 31]) {
    const tolerance = 0.02;
    t.true(Math.abs(centroid(await draw([0, 1, 5, 0, x, 8], 64, soft)) - (16 + (32 * x) / 31)) < tolerance);
  }
});

test("the plugin opens as configured and never calls itself plain dSprites", async (t) => {
  const context = { size: 32, folder: ".", seed: 1 };
  const sprites = await plugin.open(hard, context);
  t.deepEqual(sprites.image, { height: 32, width: 32, channels: 1, range: [0, 1] });
  t.is(sprites.size, imageCount);
  t.is(sprites.name, "sprites (rendered, dSprites-compatible)");
  const others = [await plugin.open(soft, context), await plugin.open(hard, { ...context, size: 64 })];
  t.is(new Set([sprites, ...others].map((each) => each.fingerprint)).size, 3);
});

test("a size too small, an image or a factor value out of range are refused by name", async (t) => {
  const error = await t.throwsAsync(open(hard, 7), { instanceOf: IdganError });
  t.is(error?.code, "CONFIG_VALUE");
  const sprites = await open(hard, 8);
  await t.throwsAsync(sprites.batch([imageCount]), { message: /image 737280/ });
  await t.throwsAsync(sprites.batch([0.5]), { message: /image 0\.5/ });
  t.throws(() => sprites.indicesOf?.(Int32Array.of(0, 3, 0, 0, 0, 0)), { message: /shape 3: its values are 0 to 2/ });
  t.throws(() => sprites.indicesOf?.(Int32Array.of(0, 1)), { message: /2 factor values/ });
});
