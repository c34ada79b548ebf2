import { writeFileSync } from "node:fs";
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

test("a run without a stage 2 is told how to be given one", async (t) => {
  const run = await trained({ set: ["synthesise.steps=0", "represent.steps=2"] });
  t.is(await refusalOf(sample(run, {})), `CHECKPOINT_INVALID: The run in ${run} has no generator yet: stage 2 has written no checkpoint. Its synthesise.steps is 0, so stage 2 has nothing to do. Train it on: idgan train --resume --out ${run} --set synthesise.steps=N.`);
  await trained({ out: run, resume: true, set: ["synthesise.steps=2", "represent.steps=2"] });
  t.regex(await sample(run, { count: 1, draw: 3 }), /samples-3\.png$/);
});

test("what a run cannot show is refused by what is missing", async (t) => {
  const run = await copied();
  t.regex(await refusalOf(sample(run, { code: code("c3=0..1") })), /^USAGE: --code c3: this run has the latents c0 to c2\./);
  t.regex(await refusalOf(sample(run, { code: code("c1=0..1"), grid: "mixing" })), /^USAGE: --grid mixing with a range of c/);
  t.regex(await refusalOf(sample(run, { seeds: [1], grid: "interpolation" })), /^USAGE: --grid interpolation: .* Name two or more with --seeds\./);
  t.regex(await refusalOf(sample(run, { truncatedLayers: 2 })), /^USAGE: --truncated-layers says how many layers --truncation reaches\./);
  t.regex(await refusalOf(sample(run, { layer: 2, grid: "mixing" })), /^USAGE: --layer says where --grid style-mixing begins\./);
  const without = await trained({ set: ["gan.nuisanceDim=0"] });
  t.regex(await refusalOf(sample(without, { grid: "mixing" })), /^USAGE: --grid mixing: this run's generator has no nuisance s/);
  t.regex(await sample(without, { seeds: [1, 2], grid: "interpolation" }), /interpolation-1-2\.png$/);
});

test("truncation and style mixing reach a generator that has styles, and are refused by one that has none", async (t) => {
  const file = join(temporaryFolder(), "styled.mjs");
  // A style is s, its mean 0; of its four layers those from `from` on take the other's share of s.
  writeFileSync(
    file,
    `import * as tf from ${JSON.stringify(import.meta.resolve("@tensorflow/tfjs"))};
import dcgan from ${JSON.stringify(import.meta.resolve("@idgan/plugin-dcgan"))};
const styled = (generator) => ({
  ...generator,
  sampling: { truncates: true, mixes: true, layers: 4 },
  generate(s, c, { controls: { truncation = 1, truncatedLayers = 4, mixing } = {} } = {}) {
    const share = mixing === undefined ? 1 : mixing.from / 4;
    const style = mixing === undefined ? s : tf.add(tf.mul(s, share), tf.mul(mixing.s, 1 - share));
    return generator.generate(tf.mul(style, 1 + (truncation - 1) * truncatedLayers / 4), c);
  },
});
const build = (...given) => { const gan = dcgan.build(...given); return { ...gan, generator: styled(gan.generator) }; };
export default { ...dcgan, name: "./styled.mjs", build };`,
  );
  const run = await trained({ config: { presets: ["quickstart"], gan: { use: file } }, set: ["gan.options.initialisation=he"] });
  const bytes = async (options: SampleOptions) => Buffer.from((await drawn(run, { seeds: [1, 2], ...options })).pixels).toString("base64");
  const plain = await bytes({});
  t.is(await bytes({ truncation: 1 }), plain);
  t.not(await bytes({ truncation: 0.5 }), plain);
  t.not(await bytes({ truncation: 0.5, truncatedLayers: 1 }), await bytes({ truncation: 0.5 }));
  const mixed = await sample(run, { seeds: [1, 2, 3], grid: "style-mixing", layer: 4 - 1, truncation: 0.7 });
  t.is(mixed.slice(run.length + 1), "images/style-mixing-1-2-3-layer-3-psi-0.7.png");
  t.not(await bytes({ grid: "style-mixing", layer: 1 }), await bytes({ grid: "style-mixing", layer: 3 }));
  t.regex(await refusalOf(sample(run, { grid: "style-mixing", layer: 4 })), /^USAGE: --layer 4: this run's generator has the layers 0 to 3\./);
  const without = await copied();
  t.regex(await refusalOf(sample(without, { truncation: 0.7 })), /^USAGE: --truncation: this run's generator has no styles to truncate/);
  t.regex(await refusalOf(sample(without, { grid: "style-mixing" })), /^USAGE: --grid style-mixing: this run's generator has no styles to mix/);
});
