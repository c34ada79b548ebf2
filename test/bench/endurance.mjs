// Whether memory stays flat: node test/bench/endurance.mjs [--preset dsprites] [--updates 2000] [--settle 200] [--every 500] [--set key=value …]
// Trains both stages for so many updates, without pictures, and compares resident memory and the number of live tensors after the first
// `--settle` updates of each stage, when the buffers are in place, with those at its end, or where a signal ends it. The medians of 50 readings each, since the collector breathes.
// `--every` tells resident memory after each so many updates too: a leak goes on growing, an allocator settles.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { resolveRun, silentReporter, train } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";

const { values } = parseArgs({
  options: { preset: { type: "string", default: "dsprites" }, updates: { type: "string", default: "2000" }, settle: { type: "string", default: "200" }, every: { type: "string", default: "0" }, set: { type: "string", multiple: true, default: [] } },
});
const [updates, settle, every] = [Number(values.updates), Number(values.settle), Number(values.every)];
const readings = 50;
const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

/** Live tensors of TensorFlow.js, and those that TensorFlow holds for it where it is loaded. */
const liveTensors = () => tf.memory().numTensors + (tf.findBackend("tensorflow")?.binding.getNumOfTensors() ?? 0);

const resident = { represent: [], synthesise: [] };
const tensors = { represent: [], synthesise: [] };
/** Says how a stage went, be it at its end or where the run is ended. */
function conclude(stage) {
  const done = resident[stage].length;
  if (done < settle + 2 * readings) return;
  const [before, after] = [median(resident[stage].slice(settle, settle + readings)), median(resident[stage].slice(-readings))];
  const change = (100 * (after / before - 1)).toFixed(2);
  console.log(`| ${stage} | ${done} | ${(before / 2 ** 20).toFixed(0)} | ${(after / 2 ** 20).toFixed(0)} | ${change} % | ${tensors[stage].at(-1) - tensors[stage][settle]} |`);
}

const reporter = {
  ...silentReporter,
  stepped({ stage }) {
    if (stage === "synthesise" && resident.synthesise.length === 0) conclude("represent");
    resident[stage].push(process.memoryUsage.rss());
    tensors[stage].push(liveTensors());
    const done = resident[stage].length;
    if (every > 0 && done % every === 0) console.log(`${stage} ${done}: ${(median(resident[stage].slice(-readings)) / 2 ** 20).toFixed(1)} MiB`);
  },
};
const never = String(10 * updates);
const set = [`represent.steps=${updates}`, `synthesise.steps=${updates}`, `record.checkpoint=${never}`, `record.pictures=${never}`, ...values.set];
const folder = mkdtempSync(join(tmpdir(), "idgan-endurance-"));
const controller = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => controller.abort());
console.log(`| stage | updates | MiB after ${settle} | MiB at the end | change | tensors, change |\n|---|---|---|---|---|---|`);
try {
  await train(await resolveRun({ config: values.preset, set }), { out: join(folder, "run"), resume: false, reporter, signal: controller.signal });
} catch (error) {
  if (!controller.signal.aborted) throw error;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
conclude(resident.synthesise.length === 0 ? "represent" : "synthesise");
