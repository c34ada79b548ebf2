// How the cost of an update grows: node test/bench/scaling.mjs [--model vae] [--along batch|size|width] [--values 8,16,32,64] [--threads 2] [--calls 6] [--json]
// Along each axis: processor time, the operations of its products, and the memory of a process of its own; and the exponents, which are the slopes of
// log(cost) against log(value) by least squares. Time should grow no faster than operations.
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Contestant } from "./process.mjs";

const { values: options } = parseArgs({
  options: {
    model: { type: "string", default: "vae" },
    along: { type: "string", default: "batch" },
    values: { type: "string", default: "8,16,32,64" },
    threads: { type: "string", default: "2" },
    calls: { type: "string", default: "6" },
    rounds: { type: "string", default: "3" },
    json: { type: "boolean", default: false },
  },
});
const points = options.values.split(",").map(Number);
const script = fileURLToPath(new URL("contestant.mjs", import.meta.url));
const field = points.map((point) => ({
  point,
  contestant: new Contestant(String(point), process.execPath, [script, "--model", options.model, "--threads", options.threads, `--${options.along}`, String(point)]),
}));
for (const { contestant } of field) await contestant.start(2);
// In turn, so that a machine whose speed drifts bends no slope.
for (let round = 0; round < Number(options.rounds); round += 1) {
  for (const { contestant } of field) await contestant.round(Number(options.calls));
}
for (const { contestant } of field) await contestant.end();

const failed = field.find(({ contestant }) => contestant.error);
if (failed) throw new Error(`${options.along} ${failed.point}: ${failed.contestant.error}`);

function slope(costs) {
  const xs = points.map(Math.log);
  const ys = costs.map(Math.log);
  const mean = (list) => list.reduce((sum, number) => sum + number, 0) / list.length;
  const [x, y] = [mean(xs), mean(ys)];
  return xs.reduce((sum, value, i) => sum + (value - x) * (ys[i] - y), 0) / xs.reduce((sum, value) => sum + (value - x) ** 2, 0);
}

const rows = field.map(({ point, contestant: { rounds, facts, peakMiB } }) => ({
  point,
  medianMs: rounds.flatMap(({ times }) => times).toSorted((a, b) => a - b)[(rounds.length * rounds[0].times.length) >> 1],
  processorMs: Math.min(...rounds.map(({ processorMs }) => processorMs)),
  operations: facts.operations,
  peakMiB,
}));
const exponents = Object.fromEntries(["medianMs", "processorMs", "operations", "peakMiB"].map((name) => [name, slope(rows.map((row) => row[name]))]));
if (options.json) {
  console.log(JSON.stringify({ model: options.model, along: options.along, rows, exponents }, null, 2));
} else {
  console.log(`| ${options.model}, ${options.along} | median ms | processor ms | GFLOP | peak MiB |\n|---|---|---|---|---|`);
  for (const row of rows) console.log(`| ${row.point} | ${row.medianMs.toFixed(0)} | ${row.processorMs.toFixed(0)} | ${(row.operations / 1e9).toFixed(2)} | ${row.peakMiB.toFixed(0)} |`);
  console.log(`| exponent | ${["medianMs", "processorMs", "operations", "peakMiB"].map((name) => exponents[name].toFixed(2)).join(" | ")} |`);
}
