// How fast pictures come from a folder, beside PyTorch's DataLoader with PIL on the same files, same number of workers, in turn:
// node test/bench/pictures.mjs [--python python3] [--count 10000] [--measured 4000] [--rounds 3] [--workers 2] [--sizes 64,256] [--folder PATH]
// Makes `--count` JPEGs of 178 to 640 pixels a side once, prepares and opens them at each size, and prints images a second and the ratios of each round.
// The peer needs Python with torch, torchvision and Pillow. What is timed: an epoch's first `--measured` images in random order, in batches of 64, two ahead.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createStream } from "@idgan/core";
import images from "@idgan/plugin-data-images";

const { values } = parseArgs({
  options: {
    python: { type: "string", default: "python3" },
    count: { type: "string", default: "10000" },
    measured: { type: "string", default: "4000" },
    rounds: { type: "string", default: "3" },
    workers: { type: "string", default: "2" },
    sizes: { type: "string", default: "64,256" },
    folder: { type: "string", default: join(tmpdir(), "idgan-bench-pictures") },
  },
});
const [count, measured, rounds, workers] = [values.count, values.measured, values.rounds, values.workers].map(Number);
const batch = 64;

const scenes = 24;
const sceneSide = 1100;

/** Cuts out of scenes as smooth and as grainy as photographs: noise of three scales, one over the other. */
async function makePictures(folder) {
  const sharp = createRequire(new URL("../../plugins/data-images/package.json", import.meta.url))("sharp");
  const stream = createStream(1, "bench/pictures");
  const layer = async (seed, grain) =>
    await sharp(Uint8Array.from(stream.integers(seed, grain * grain * 3, 256)), { raw: { width: grain, height: grain, channels: 3 } }).resize(sceneSide, sceneSide, { fit: "fill" }).raw().toBuffer();
  const drawn = [];
  for (let i = 0; i < scenes; i += 1) {
    const layers = await Promise.all([8, 60, 240].map((grain, k) => layer(3 * i + k, grain)));
    drawn.push(layers[0].map((value, j) => 0.6 * value + 0.3 * layers[1][j] + 0.1 * layers[2][j]));
  }
  mkdirSync(`${folder}.unfinished`, { recursive: true });
  const make = async (i) => {
    const [width, height] = stream.integers(100_000 + i, 2, 463).map((excess) => 178 + excess);
    const [left, top] = stream.integers(200_000 + i, 2, sceneSide - 640);
    await sharp(drawn[i % scenes], { raw: { width: sceneSide, height: sceneSide, channels: 3 } }).extract({ left, top, width, height }).jpeg({ quality: 90 }).toFile(join(`${folder}.unfinished`, `${String(i).padStart(6, "0")}.jpg`));
  };
  for (let i = 0; i < count; i += 16) await Promise.all(Array.from({ length: Math.min(16, count - i) }, (_, k) => make(i + k)));
  renameSync(`${folder}.unfinished`, folder);
}

const folder = join(values.folder, String(count));
if (!existsSync(folder)) await makePictures(folder);

const defaults = Object.fromEntries(Object.entries(images.options).map(([name, option]) => [name, option.default]));
const open = (size, prepare) => images.open({ ...defaults, folder, prepare, workers, cache: join(values.folder, "cache"), broken: "refuse" }, { size, folder: "/", seed: 1 });
const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

async function rateOf(dataset, round) {
  const order = createStream(round, "bench/order").permutation(0, dataset.size);
  const batches = Array.from({ length: Math.floor(measured / batch) }, (_, i) => order.slice(i * batch, (i + 1) * batch));
  const startedAt = performance.now();
  const ahead = [dataset.batch(batches[0]), dataset.batch(batches[1])];
  for (let i = 0; i < batches.length; i += 1) {
    // Filled again, as a stage does with what its engine has done with.
    const done = await ahead.shift();
    if (i + 2 < batches.length) ahead.push(dataset.batch(batches[i + 2], undefined, done));
  }
  return (1000 * batches.length * batch) / (performance.now() - startedAt);
}

const peer = fileURLToPath(new URL("peers/pictures_torch.py", import.meta.url));
for (const size of values.sizes.split(",").map(Number)) {
  const preparedAt = performance.now();
  const prepared = await open(size, true);
  const seconds = (performance.now() - preparedAt) / 1000;
  const decoded = await open(size, false);
  const rates = { prepared: [], decoded: [], torch: [] };
  for (let round = 0; round < rounds; round += 1) {
    rates.decoded.push(await rateOf(decoded, round));
    rates.torch.push(Number(execFileSync(values.python, [peer, folder, size, batch, workers, measured].map(String), { encoding: "utf8" })));
    rates.prepared.push(await rateOf(prepared, round));
  }
  const ratio = (which) => rates[which].map((rate, i) => rate / rates.torch[i]);
  console.log(JSON.stringify({
    size,
    workers,
    openedInSeconds: Number(seconds.toFixed(1)),
    imagesPerSecond: Object.fromEntries(Object.entries(rates).map(([name, each]) => [name, each.map(Math.round)])),
    timesTorch: { decoded: median(ratio("decoded")).toFixed(2), prepared: median(ratio("prepared")).toFixed(2) },
  }));
  await prepared.close();
  await decoded.close();
}
