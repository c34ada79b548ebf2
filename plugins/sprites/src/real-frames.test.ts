import { copyFile, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { IdganError } from "@idgan/core";
import test, { type ExecutionContext } from "ava";
import plugin, { factors } from "./index.js";
import { readRealFrames } from "./real-frames.js";

const fixture = fileURLToPath(new URL("../../../test/fixtures/small_dsprites.npz", import.meta.url));
const sizes = [1, 3, 2, 4, 2, 2];
const few = factors.map(({ name }, i) => ({ name, size: sizes[i] as number }));
const count = 96;
const options = { path: fixture, cache: null, variant: "plain", rule: "locatello2019", scream: null, draw: 0, antialias: false } as const;

async function cacheOf(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "idgan-dsprites-"));
  t.teardown(() => rm(folder, { recursive: true }));
  return folder;
}

/** The fixture script's image `index`. */
function drawn(index: number): number[] {
  return Array.from({ length: 64 * 64 }, (_, i) => {
    const [x, y] = [i % 64, Math.floor(i / 64)];
    return y === 0 ? (index >> (x % 16)) & 1 : Number(y >= 20 && y < 30 && x >= 40 && x < 50);
  });
}

test("a file of the real layout is read through its prepared file, each image by its index", async (t) => {
  const cache = await cacheOf(t);
  const first = await readRealFrames({ path: fixture, cache }, few);
  t.deepEqual([first.size, first.real], [64, true]);
  const indices = [0, count - 1, ...Array.from({ length: count }, (_, i) => (i * 29) % count), 5, 5];
  const masks = await first.read(indices);
  for (const [place, index] of indices.entries()) t.deepEqual([...masks.subarray(place * 4096, (place + 1) * 4096)], drawn(index), `image ${index}`);
  for (const index of [count, -1, 0.5]) await t.throwsAsync(first.read([index]), { instanceOf: RangeError });
  await first.close?.();

  const [prepared] = await readdir(cache);
  const made = await stat(join(cache, prepared as string));
  const second = await readRealFrames({ path: fixture, cache }, few);
  t.deepEqual((await readdir(cache)).length, 1);
  t.is((await stat(join(cache, prepared as string))).mtimeMs, made.mtimeMs, "it is made once");
  t.is(second.fingerprint, first.fingerprint);
  await second.close?.();
});

test("the images' fingerprint is of their content, wherever the file lies", async (t) => {
  const cache = await cacheOf(t);
  const copy = join(cache, "copy.npz");
  await copyFile(fixture, copy);
  await utimes(copy, 1, 1);
  const [one, other] = [await readRealFrames({ path: fixture, cache }, few), await readRealFrames({ path: copy, cache }, few)];
  t.is(one.fingerprint, other.fingerprint);
  await Promise.all([one.close?.(), other.close?.()]);
});

async function refused(t: ExecutionContext, path: string, said: RegExp, layout = few): Promise<void> {
  const cache = await cacheOf(t);
  const error = await t.throwsAsync(readRealFrames({ path, cache }, layout), { instanceOf: IdganError, message: said });
  t.true(error?.code === "DATA_INVALID" || error?.code === "DATA_NOT_FOUND");
  t.deepEqual(await readdir(cache), [], "nothing is left behind");
}

test("a file that is missing, truncated, damaged, of another layout or order is refused, and leaves nothing behind", async (t) => {
  const folder = await cacheOf(t);
  const bytes = await readFile(fixture);
  const written = async (name: string, content: Buffer): Promise<string> => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };
  await refused(t, join(folder, "none.npz"), /none\.npz cannot be read/);
  await refused(t, await written("half.npz", bytes.subarray(0, bytes.length / 2)), /truncated, or something else/);
  await refused(t, await written("text.npz", Buffer.from("dsprites")), /does not begin as a \.npy/);
  const damaged = Buffer.from(bytes);
  const at = bytes.indexOf("imgs.npy") + 60;
  damaged.fill(0x55, at, at + 40);
  await refused(t, await written("damaged.npz", damaged), /imgs\.npy is damaged|imgs.npy|imgs in/);
  await refused(t, fixture, /array imgs is \[96, 64, 64\] of u1, and that of dSprites \[737280, 64, 64\]/, factors.slice());
  const turned = few.map((factor, i) => ({ ...factor, size: [1, 3, 4, 2, 2, 2][i] as number }));
  await refused(t, fixture, /image 8 has the factor values 0, 0, 1, 0, 0, 0, and in dSprites' order they are 0, 0, 2, 0, 0, 0|image \d+ has the factor values/, turned);
});

test("the plugin names the real file in what it refuses: another size, antialiased edges, a small file", async (t) => {
  const context = { size: 64, folder: ".", seed: 1 };
  await t.throwsAsync(plugin.open(options, { ...context, size: 32 }), { message: /real dSprites have 64 pixels, and the run asks for 32/ });
  await t.throwsAsync(plugin.open({ ...options, antialias: true }, context), { message: /hard edges/ });
  await t.throwsAsync(plugin.open(options, context), { message: /is not dSprites/ });
});
