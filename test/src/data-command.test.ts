import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, realpath, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { frameFilePath, readPng, writeFrameFile, writePng } from "@idgan/core";
import test, { type ExecutionContext } from "ava";
import { root } from "./source-tree.js";

interface Outcome {
  readonly status: number;
  readonly out: string;
  readonly error: string;
}

/** Runs `idgan data …` in a folder that is gone after the test; the plugins beside core are found from there. */
async function data(t: ExecutionContext<string>, ...args: readonly string[]): Promise<Outcome> {
  return await dataIn(t, ".", ...args);
}

async function dataIn(t: ExecutionContext<string>, folder: string, ...args: readonly string[]): Promise<Outcome> {
  const child = promisify(execFile)(process.execPath, [join(root, "core/bin/idgan.js"), "data", ...args], { cwd: join(t.context, folder), env: { ...process.env, IDGAN_CACHE: join(t.context, "cache") } });
  return await child.then(
    ({ stdout, stderr }) => ({ status: 0, out: stdout, error: stderr }),
    (failure: { readonly code: number; readonly stdout: string; readonly stderr: string }) => ({ status: failure.code, out: failure.stdout, error: failure.stderr }),
  );
}

const it = test as unknown as import("ava").TestFn<string>;
it.beforeEach(async (t) => {
  t.context = await mkdtemp(join(tmpdir(), "idgan-data-command-"));
});
it.afterEach.always(async (t) => await rm(t.context, { recursive: true }));

it("data list says of each data set what it is, what is allowed and where it comes from", async (t) => {
  const { status, out } = await data(t, "list");
  t.is(status, 0);
  for (const name of ["celeba", "celeba-hq", "chairs", "cars", "dsprites", "fashion-mnist"]) t.regex(out, new RegExp(`^${name}  .* images$\\n  licence  .+\\n  from     .*https?://`, "m"));
  const listed = JSON.parse((await data(t, "list", "--json")).out) as readonly { readonly name: string; readonly images: number }[];
  t.true(listed.every(({ name, images }) => name !== "" && images > 0));
});

it("data inspect reports a file of arrays, a folder of pictures, and what cannot be read, and writes a contact sheet", async (t) => {
  const arrays = await data(t, "inspect", join(root, "test/fixtures/small_dsprites.npz"));
  t.regex(arrays.out, /^plugin {2}@idgan\/plugin-data-arrays\nformat {2}\.npz archive, array imgs \[96, 64, 64\] of u1\nimages {2}96\nsizes {3}96 of 64x64, 1 channel\nbroken {2}none\nnote {4}0 is black and 1 is white, unless the data's option `range` says otherwise\.\nnote {4}It has factors: color 1, shape 3, scale 2, orientation 4, posX 2, posY 2\.\n$/);
  t.is(arrays.error, "contact sheet small_dsprites.npz.contact.png\n");
  const sheet = await readPng(join(t.context, "small_dsprites.npz.contact.png"));
  t.true(sheet.width > 500 && sheet.pixels.some((level) => level === 255));
  const parquet = JSON.parse((await data(t, "inspect", join(root, "test/fixtures/parquet_images_zstd.parquet"), "--json", "--out", "sheets/x.png")).out) as readonly { readonly images: number; readonly broken: readonly string[] }[];
  t.deepEqual([parquet[0]?.images, parquet[0]?.broken.length], [6, 2]);
  t.deepEqual(await readdir(join(t.context, "sheets")), ["x.png"]);
  await mkdir(join(t.context, "pictures"));
  await writePng(join(t.context, "pictures/a.png"), { width: 8, height: 4, channels: 3, pixels: new Uint8Array(96).fill(9) });
  await cp(join(root, "README.md"), join(t.context, "pictures/broken.png"));
  t.regex((await data(t, "inspect", "pictures")).out, /format {2}folder of pictures\nimages {2}1\nsizes {3}1 of 8x4, 3 channels\nbroken {2}1\n {8}broken\.png: /);
  const file = await data(t, "inspect", join(root, "README.md"), "--out", join(root, "README.md/x.png"));
  t.deepEqual([file.status, /^error RUN_WRITE: The folder .*README\.md cannot be written: .*--out/.test(file.error)], [1, true], "said before anything is looked at");
  const nothing = await data(t, "inspect", join(root, "README.md"));
  t.deepEqual([nothing.status, nothing.out], [4, ""]);
  t.regex(nothing.error, /^error DATA_INVALID: No plugin here reads .*README\.md\./);
  const truncated = await data(t, "inspect", join(root, "test/fixtures/parquet_images.py"));
  t.is(truncated.status, 4);
});

it("data inspect of the folder that one is in puts the contact sheet beside it, and counts the same the next time", async (t) => {
  const pictures = join(t.context, "pictures/inner");
  await mkdir(pictures, { recursive: true });
  await writePng(join(pictures, "a.png"), { width: 8, height: 4, channels: 3, pixels: new Uint8Array(96).fill(9) });
  const beside = join(await realpath(t.context), "pictures.contact.png");
  for (const [path, here] of [[".", "pictures"], ["..", "pictures/inner"], [".", "pictures"]] as const) {
    const { out, error } = await dataIn(t, here, "inspect", path);
    t.regex(out, /images {2}1\n/);
    t.is(error, `contact sheet ${beside}\n`);
  }
});

it("options that mean nothing to an action are refused", async (t) => {
  for (const [args, said] of [
    [["list", "extra"], /data list: extra means nothing there.*idgan data inspect extra/],
    [["list", "--from", "x"], /data list: --from means nothing there/],
    [["inspect", ".", "--size", "64"], /data inspect: --size means nothing there/],
    [["prepare", "celeba", "--from", ".", "--json"], /data prepare: --json means nothing there/],
    [["cached", "--unused", "3"], /data cached: --unused means nothing there/],
    [["prepare", "celeba-hq", "--from", ".", "--out", "x"], /--out means nothing there, for CelebA-HQ is used as it was fetched/],
    [["prepare", "fashion-mnist", "--from", ".", "--size", "64"], /--size means nothing there/],
    [["prepare", "dsprites", "--from", ".", "--out", "x"], /--out means nothing there/],
  ] as const) {
    const { status, error } = await data(t, ...args);
    t.is(status, 2);
    t.regex(error, said);
  }
});

it("data prepare cuts pictures, says how to use them, and what is missing", async (t) => {
  await mkdir(join(t.context, "from"));
  await writePng(join(t.context, "from/1.png"), { width: 178, height: 218, channels: 3, pixels: new Uint8Array(178 * 218 * 3).fill(50) });
  const { status, out, error } = await data(t, "prepare", "celeba", "--from", "from");
  t.deepEqual([status, out], [0, `1 image of CelebA, aligned is ready. Use them with:\n  --set data.options.folder=${join(t.context, "data/celeba")}\n`]);
  t.is(error, "warning: CelebA, aligned has 202599 images, and 1 is prepared\n");
  t.is((await readPng(join(t.context, "data/celeba/1.png"))).width, 64);
  t.regex((await data(t, "prepare", "celeba", "--from", "from", "--out", "it's mine")).out, /^ {2}--set 'data\.options\.folder=.*\/it'\\''s mine'$/m);
  const nowhere = await data(t, "prepare", "celeba", "--from", "nowhere");
  t.is(nowhere.status, 4);
  t.regex(nowhere.error, /^error DATA_NOT_FOUND: There is nothing at .*nowhere.* Set --from to/);
  const without = await data(t, "prepare", "cars");
  t.is(without.status, 2);
  t.regex(without.error, /^error USAGE: data prepare cars: say where it is with --from\. Fetch .* from http.*licence/);
  t.regex((await data(t, "prepare", "celebra", "--from", "x")).error, /Did you mean celeba\?/);
  t.regex((await data(t, "prepare", "dsprites", "--from", join(root, "test/fixtures/small_dsprites.npz"))).error, /^error DATA_INVALID: .* is not dSprites/);
});

it("data cached lists the prepared files and what they were made of, and data prune deletes those that no run has used for so many days", async (t) => {
  const cache = join(t.context, "cache");
  const make = async (name: string): Promise<string> => {
    const path = frameFilePath(cache, name);
    await (await writeFrameFile(path, { fingerprint: name, length: 1000, frames: 3, source: `/data/${name}` }, async ({ append }) => await append(new Uint8Array(3000)))).close();
    return path;
  };
  t.is((await data(t, "cached")).out, `0 prepared files in ${cache}, 0.0 MB\n`);
  const [old] = [await make("old"), await make("new")];
  const days = (count: number): Date => new Date(Date.now() - 86_400_000 * count);
  await utimes(old, days(40), days(50));
  await writeFile(join(cache, "note.txt"), "mine");
  await utimes(join(cache, "note.txt"), days(90), days(90));
  for (const [left, age] of [[`${old}.here-1-abc`, 50], [`${old}.here-1-abc.kept`, 51]] as const) {
    await writeFile(left, "x");
    await utimes(left, days(age), days(age));
  }
  const listed = `${days(0).toISOString().slice(0, 10)}  0.0 MB  3 images of /data/new\n${days(40).toISOString().slice(0, 10)}  0.0 MB  3 images of /data/old\n${["unfinished", "how far an unfinished one came"].map((what, i) => `${days(50 + i).toISOString().slice(0, 10)}  0.0 MB  ${what}, ${old}.here-1-abc${["", ".kept"][i]}\n`).join("")}2 prepared files and 2 others in ${cache}, 0.0 MB\n`;
  for (let time = 0; time < 2; time += 1) t.is((await data(t, "cached")).out, listed);
  t.is((await data(t, "prune", "--unused", "60")).out, `0 prepared files deleted from ${cache}, 0.0 MB\n`);
  t.regex((await data(t, "prune", "--unused", "30")).out, /3 images of \/data\/old\n(.*\n){2}1 prepared file and 2 others deleted/);
  t.deepEqual((await readdir(cache)).length, 2);
  t.regex((await data(t, "prune")).error, /^error USAGE: data prune: say with --unused/);
});

it("data without what it needs is a misuse", async (t) => {
  for (const args of [[], ["inspect"], ["prepare"], ["fetch", "celeba"], ["prepare", "celeba", "--from", "x", "--size", "3"]]) t.is((await data(t, ...args)).status, 2, args.join(" "));
});
