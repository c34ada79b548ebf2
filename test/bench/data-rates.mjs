import { performance } from "node:perf_hooks";
import sprites from "@idgan/plugin-sprites";
import { defaultsOf } from "./subjects.mjs";

/** Batches of 64 images of 64 x 64 that a dataset makes in a second. */
export async function dataRates() {
  const dataset = await sprites.open(defaultsOf(sprites), { size: 64, folder: ".", seed: 1 });
  const indices = Array.from({ length: 64 }, (_, i) => (i * 7919) % dataset.size);
  await dataset.batch(indices);
  const start = performance.now();
  let batches = 0;
  while (performance.now() - start < 1000) {
    await dataset.batch(indices.map((index) => (index + 64 * batches) % dataset.size));
    batches += 1;
  }
  return [{ name: "sprites", perSecond: (64_000 * batches) / (performance.now() - start) }];
}
