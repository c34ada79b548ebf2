import { join } from "node:path";
import { IdganError, parseCodeSetting, readPng, sample, type SampleOptions } from "@idgan/core";
import test from "ava";
import { copied, temporaryFolder, trained } from "./tiny-run.js";

const code = (...given: readonly string[]) => given.map(parseCodeSetting);

/** Cells are enlarged 16 times, and lie 4 pixels apart. */
const [cell, gap] = [128, 4];

async function drawn(run: string, options: SampleOptions) {
  const path = await sample(run, { ...options, out: join(temporaryFolder(), "picture.png") });
  return readPng(path);
}

async function refusalOf(asked: Promise<unknown>): Promise<string> {
  const error = await asked.then(() => undefined, (thrown: unknown) => thrown);
  return error instanceof IdganError ? `${error.code}: ${error.message}` : String(error);
}

test("a seed gives the same image in every picture; a held latent changes it, and an interpolation ends in the seeds' images", async (t) => {
  const run = await copied();
  const alone = await drawn(run, { seeds: [5] });
  const pair = await drawn(run, { seeds: [4, 5] });
  const part = ({ width, channels, pixels }: typeof pair, left: number, top: number, side = cell) =>
    Array.from({ length: side }, (_, y) => [...pixels.subarray(((top + y) * width + left) * channels, ((top + y) * width + left + side) * channels)]).flat();
  const margin = Math.floor((alone.width - cell) / 2);
  const right = pair.width - margin - cell;
  t.deepEqual(part(pair, right, margin), part(alone, margin, margin));
  t.notDeepEqual(part(pair, margin, margin), part(alone, margin, margin));
  const held = await drawn(run, { seeds: [5], code: code("c0=3") });
  t.notDeepEqual(part(held, margin, margin), part(alone, margin, margin));

  const way = await drawn(run, { seeds: [4, 5], grid: "interpolation", columns: 5 });
  const bottom = way.height - 16 - cell;
  const end = way.width - 16 - cell;
  t.deepEqual(part(way, end, bottom), part(alone, margin, margin));
  t.deepEqual(part(way, end - 4 * (cell + gap), bottom), part(pair, margin, margin));
});

test("sweeps, mixtures and interpolations are pictures of as many rows and columns, under names that say what they show", async (t) => {
  const run = await copied();
  const sizes = async (options: SampleOptions) => {
    const path = await sample(run, options);
    const { width, height } = await readPng(path);
    return { name: path.slice(run.length + 1), columns: Math.floor(width / (cell + gap)), rows: Math.floor(height / (cell + gap)) };
  };
  t.deepEqual(await sizes({ code: code("c1=-2..2"), seeds: [0, 1] }), { name: "images/sweep-c1-0-1.png", columns: 7, rows: 2 });
  t.deepEqual(await sizes({ code: code("c1=-2..2", "c0=-1..1", "c2=0"), columns: 3 }), { name: "images/sweep-c1-c0-0-1-2-3-c2=0.png", columns: 3, rows: 3 });
  t.deepEqual(await sizes({ grid: "mixing", seeds: [3, 7, 9] }), { name: "images/mixing-3-7-9.png", columns: 3, rows: 3 });
  t.deepEqual(await sizes({ grid: "interpolation", along: "c" }), { name: "images/interpolation-0-1-2-3.png", columns: 8, rows: 3 });
  t.deepEqual((await sizes({ seeds: [1, 2, 3, 4] })).name, "images/seeds-1-2-3-4.png");
  t.deepEqual((await sizes({ count: 4, draw: 2 })).name, "images/samples-2.png");
  t.deepEqual((await sizes({ count: 4, draw: 2, code: code("c2=-1.5") })).name, "images/samples-2-c2=-1.5.png");
});

test("what a run cannot show is refused by what is missing", async (t) => {
  const run = await copied();
  t.regex(await refusalOf(sample(run, { code: code("c3=0..1") })), /^USAGE: --code c3: this run has the latents c0 to c2\./);
  t.regex(await refusalOf(sample(run, { code: code("c1=0..1"), grid: "mixing" })), /^USAGE: --grid mixing with a range of c/);
  t.regex(await refusalOf(sample(run, { seeds: [1], grid: "interpolation" })), /^USAGE: --grid interpolation: .* Name two or more with --seeds\./);
  const without = await trained({ set: ["gan.nuisanceDim=0"] });
  t.regex(await refusalOf(sample(without, { grid: "mixing" })), /^USAGE: --grid mixing: this run's generator has no nuisance s/);
  t.regex(await sample(without, { seeds: [1, 2], grid: "interpolation" }), /interpolation-1-2\.png$/);
});
