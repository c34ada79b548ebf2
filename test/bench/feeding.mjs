// What an update takes that is fed from a folder, beside one fed from a batch in memory: node test/bench/feeding.mjs --folder PATH [--preset folder] [--updates 200] [--block 20]
//   [--prepare true] [--set key=value …]
// One run, in blocks of `--block` updates, by turns of one kind and of the other; the first quarter of a block, in which batches were made ahead for the other
// kind or an engine warms up, does not count. Prints the median milliseconds of both kinds for both stages, and how much more the pictures take.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { resolveRun, silentReporter, train } from "@idgan/core";
import { isFed } from "./half-fed.mjs";

const { values } = parseArgs({
  options: {
    folder: { type: "string" }, preset: { type: "string", default: "folder" }, updates: { type: "string", default: "200" }, block: { type: "string", default: "20" },
    prepare: { type: "string", default: "true" }, cache: { type: "string" }, set: { type: "string", multiple: true, default: [] },
  },
});
if (values.folder === undefined) throw new Error("name a folder of pictures: --folder PATH");
const [updates, block] = [Number(values.updates), Number(values.block)];
const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

const taken = { represent: { fed: [], kept: [] }, synthesise: { fed: [], kept: [] } };
let before;
const reporter = {
  ...silentReporter,
  stepped({ stage, step }) {
    const now = performance.now();
    // `step` counts the updates that were made: this one is the one before it.
    const update = step - 1;
    if (before?.stage === stage && update % block >= block / 4) taken[stage][isFed(update, block) ? "fed" : "kept"].push(now - before.at);
    before = { stage, at: now };
  },
};
const work = mkdtempSync(join(tmpdir(), "idgan-feeding-"));
const never = String(10 * updates);
const set = [
  `data.use=${fileURLToPath(new URL("half-fed.mjs", import.meta.url))}`, `data.options.folder=${resolve(values.folder)}`, `data.options.block=${block}`, `data.options.prepare=${values.prepare}`,
  `data.options.cache=${resolve(values.cache ?? join(work, "cache"))}`,
  `represent.steps=${updates}`, `synthesise.steps=${updates}`, `record.checkpoint=${never}`, `record.pictures=${never}`, ...values.set,
];
try {
  await train(await resolveRun({ config: values.preset, set }), { out: join(work, "run"), resume: false, reporter, signal: new AbortController().signal });
} finally {
  rmSync(work, { recursive: true, force: true });
}
console.log("| stage | updates of each kind | ms, from memory | ms, from pictures | more |\n|---|---|---|---|---|");
for (const [stage, { fed, kept }] of Object.entries(taken)) {
  console.log(`| ${stage} | ${fed.length} | ${median(kept).toFixed(1)} | ${median(fed).toFixed(1)} | ${(100 * (median(fed) / median(kept) - 1)).toFixed(1)} % |`);
}
