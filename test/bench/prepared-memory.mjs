// Resident memory while a prepared file larger than it is made and read: node test/bench/prepared-memory.mjs [--gigabytes 5] [--size 256] [--batches 400] [--workers 2]
// Makes a folder of links to a few pictures, so that the folder is small and the prepared file is not; opens it, reads random batches of 64 two ahead, and
// prints the resident memory before, the peak while preparing, and the peak while reading. Needs the file's size on the disk, and deletes all of it.
import { linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createStream } from "@idgan/core";
import images from "@idgan/plugin-data-images";

const { values } = parseArgs({ options: { gigabytes: { type: "string", default: "5" }, size: { type: "string", default: "256" }, batches: { type: "string", default: "400" }, workers: { type: "string", default: "2" } } });
const [gigabytes, size, batches, workers] = [values.gigabytes, values.size, values.batches, values.workers].map(Number);
const count = Math.ceil((gigabytes * 1e9) / (size * size * 3));
const distinct = 32;
const batch = 64;

const sharp = createRequire(new URL("../../plugins/data-images/package.json", import.meta.url))("sharp");
const folder = mkdtempSync(join(tmpdir(), "idgan-memory-"));
const megabytes = () => Math.round(process.memoryUsage.rss() / 1e6);

/** The highest resident memory while `work` goes on, looked at ten times a second. */
async function peakOf(work) {
  let peak = megabytes();
  const timer = setInterval(() => (peak = Math.max(peak, megabytes())), 100);
  try {
    await work();
    return Math.max(peak, megabytes());
  } finally {
    clearInterval(timer);
  }
}

try {
  mkdirSync(join(folder, "pictures"));
  for (let i = 0; i < distinct; i += 1) {
    const [r, g, b] = createStream(i, "bench/memory").integers(0, 3, 256);
    await writeFile(join(folder, `${i}.png`), await sharp({ create: { width: size, height: size, channels: 3, background: { r, g, b } } }).png().toBuffer());
  }
  for (let i = 0; i < count; i += 1) linkSync(join(folder, `${i % distinct}.png`), join(folder, "pictures", `${String(i).padStart(7, "0")}.png`));
  const defaults = Object.fromEntries(Object.entries(images.options).map(([name, option]) => [name, option.default]));
  const before = megabytes();
  let dataset;
  const startedAt = performance.now();
  const preparing = await peakOf(async () => {
    dataset = await images.open({ ...defaults, folder: join(folder, "pictures"), cache: join(folder, "cache"), workers, broken: "refuse" }, { size, folder: "/", seed: 1 });
  });
  const preparedIn = (performance.now() - startedAt) / 1000;
  const [file] = readdirSync(join(folder, "cache"));
  const readAt = performance.now();
  const reading = await peakOf(async () => {
    const order = (i) => createStream(i, "bench/order").integers(0, batch, dataset.size);
    const ahead = [dataset.batch(order(0)), dataset.batch(order(1))];
    for (let i = 0; i < batches; i += 1) {
      await ahead.shift();
      if (i + 2 < batches) ahead.push(dataset.batch(order(i + 2)));
    }
  });
  const imagesPerSecond = Math.round((1000 * batches * batch) / (performance.now() - readAt));
  await dataset.close();
  const fileGigabytes = Number((statSync(join(folder, "cache", file)).size / 1e9).toFixed(2));
  console.log(JSON.stringify({ pictures: count, size, fileGigabytes, preparedInSeconds: Math.round(preparedIn), residentMegabytes: { before, preparing, reading }, imagesPerSecond }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
