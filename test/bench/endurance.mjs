// Whether memory stays flat: node test/bench/endurance.mjs [--preset dsprites] [--updates 2000] [--settle 200] [--set key=value …]
// Trains both stages for so many updates, without pictures, and compares resident memory and the number of live tensors after the first
// `--settle` updates of each stage, when the buffers are in place, with those at its end. The medians of 50 readings each, since the collector breathes.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { resolveRun, silentReporter, train } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";

const { values } = parseArgs({
  options: { preset: { type: "string", default: "dsprites" }, updates: { type: "string", default: "2000" }, settle: { type: "string", default: "200" }, set: { type: "string", multiple: true, default: [] } },
});
const [updates, settle] = [Number(values.updates), Number(values.settle)];
const readings = 50;
const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

const resident = { represent: [], synthesise: [] };
const tensors = { represent: [], synthesise: [] };
const reporter = {
  ...silentReporter,
  stepped({ stage }) {
    resident[stage].push(process.memoryUsage.rss());
    tensors[stage].push(tf.memory().numTensors);
  },
};
const never = String(10 * updates);
const set = [`represent.steps=${updates}`, `synthesise.steps=${updates}`, `record.checkpoint=${never}`, `record.pictures=${never}`, ...values.set];
const folder = mkdtempSync(join(tmpdir(), "idgan-endurance-"));
try {
  await train(await resolveRun({ config: values.preset, set }), { out: join(folder, "run"), resume: false, reporter, signal: new AbortController().signal });
} finally {
  rmSync(folder, { recursive: true, force: true });
}

console.log(`| stage | updates | MiB after ${settle} | MiB at the end | change | tensors, change |\n|---|---|---|---|---|---|`);
for (const stage of ["represent", "synthesise"]) {
  const [before, after] = [median(resident[stage].slice(settle, settle + readings)), median(resident[stage].slice(-readings))];
  const change = (100 * (after / before - 1)).toFixed(2);
  console.log(`| ${stage} | ${updates} | ${(before / 2 ** 20).toFixed(0)} | ${(after / 2 ** 20).toFixed(0)} | ${change} % | ${tensors[stage].at(-1) - tensors[stage][settle]} |`);
}
