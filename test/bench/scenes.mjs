// Milliseconds per image of rendered data on one core: drawn for the first time, and drawn again. Run: node test/bench/scenes.mjs
import scenes from "@idgan/plugin-scenes";
import sprites from "@idgan/plugin-sprites";

const plainSprites = Object.fromEntries(Object.entries(sprites.options).map(([key, option]) => [key, option.default]));
const cases = [
  ["sprites", sprites, plainSprites, [64, 256]],
  ["color sprites", sprites, { ...plainSprites, variant: "color" }, [64]],
  ["noisy sprites", sprites, { ...plainSprites, variant: "noisy" }, [64]],
  ["scream sprites", sprites, { ...plainSprites, variant: "scream" }, [64]],
  ["scenes", scenes, { cacheMegabytes: 512 }, [64, 128, 256, 1024]],
];

for (const [name, plugin, options, sizes] of cases) {
  for (const size of sizes) {
    const dataset = await plugin.open(options, { size, folder: ".", seed: 1 });
    const count = size > 256 ? 4 : 64;
    const indices = Array.from({ length: count }, (_, i) => (i * 48_271) % dataset.size);
    const first = await perImage(dataset, indices, 1);
    console.log(`${name}, ${size} pixels: ${first.toFixed(3)} ms at first, ${(await perImage(dataset, indices, 5)).toFixed(3)} ms again`);
  }
}

/** The best of some rounds. */
async function perImage(dataset, indices, rounds) {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    await dataset.batch(indices);
    best = Math.min(best, (performance.now() - start) / indices.length);
  }
  return best;
}
