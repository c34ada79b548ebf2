// Gradient-boosted trees beside scikit-learn's, on the same arrays: node test/bench/boosting.mjs [--classes 3,6,40,32,32] [--samples 10000] [--stages 100] [--python python3] [--json]
// One thread each, in seconds of processor time, which other work on the machine changes little; then ours on all processors, by the clock. The codes are ten, two for each of five factors: one linear in it and one not, both with noise.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createStream } from "@idgan/core";

const { values } = parseArgs({
  options: {
    classes: { type: "string", default: "3,6,40,32,32" },
    samples: { type: "string", default: "10000" },
    stages: { type: "string", default: "100" },
    python: { type: "string", default: "python3" },
    json: { type: "boolean", default: false },
  },
});
const numerics = (name) => import(new URL(`../../plugins/metrics-disentanglement/dist/numerics/${name}.js`, import.meta.url).href);
const [{ fitBoosting }, { fitBoostingInWorkers }, { predictClasses }, { matrixOf }] = await Promise.all(["gradient-boosting", "boosting-in-workers", "boosted-trees", "matrix"].map(numerics));

const sizes = values.classes.split(",").map(Number);
const samples = Number(values.samples);
const stages = Number(values.stages);
const columns = 2 * sizes.length;
const total = Math.ceil(1.5 * samples); // half as many again to test on
const labels = sizes.map((size, j) => Int32Array.from(createStream(1, `labels/${j}`).integers(0, total, size)));
const noise = createStream(1, "codes").normal(0, total * columns);
const codes = noise.map((value, i) => {
  const [row, column] = [Math.floor(i / columns), i % columns];
  const position = labels[column >> 1][row] / sizes[column >> 1];
  return column % 2 === 0 ? 3 * position - 1.5 + 0.3 * value : 0.8 * Math.sin(5 * position) + 0.5 * value;
});
const train = matrixOf(codes.subarray(0, samples * columns), columns);
const test = matrixOf(codes.subarray(samples * columns), columns);
const accuracy = (predicted, answers) => predicted.filter((label, i) => label === answers[i]).length / answers.length;

const ours = labels.map((all) => {
  const before = process.cpuUsage();
  const model = fitBoosting(train, all.subarray(0, samples), { stages });
  const { user, system } = process.cpuUsage(before);
  return { seconds: (user + system) / 1e6, accuracy: accuracy(predictClasses(model, test), all.subarray(samples)), importances: [...model.featureImportances] };
});
const start = performance.now();
await fitBoostingInWorkers(train, labels.map((all) => all.subarray(0, samples)), { stages });
const inWorkers = (performance.now() - start) / 1000;

const folder = mkdtempSync(join(tmpdir(), "boosting-"));
writeFileSync(join(folder, "codes"), codes);
labels.forEach((all, j) => writeFileSync(join(folder, `labels-${j}`), all));
const peer = spawnSync(values.python, [fileURLToPath(new URL("peers/boosting.py", import.meta.url)), folder, ...[columns, samples, stages, sizes.length].map(String)], {
  encoding: "utf8",
  env: { ...process.env, OMP_NUM_THREADS: "1" },
  stdio: ["ignore", "pipe", "inherit"],
});
rmSync(folder, { recursive: true });
if (peer.status !== 0) throw new Error(`${values.python} failed; it needs numpy and scikit-learn.`);
const { version, factors } = JSON.parse(peer.stdout);

const rows = ours.map((our, j) => ({
  classes: sizes[j],
  ours: our.seconds,
  peer: factors[j].seconds,
  ratio: factors[j].seconds / our.seconds,
  accuracy: our.accuracy,
  peerAccuracy: factors[j].accuracy,
  importanceDifference: Math.max(...our.importances.map((value, k) => Math.abs(value - factors[j].importances[k]))),
}));
const sum = (pick) => rows.reduce((all, row) => all + pick(row), 0);
const report = { machine: `${cpus().length} x ${cpus()[0].model}`, node: process.version, peer: version, samples, columns, stages, rows, ours: sum((row) => row.ours), peerSeconds: sum((row) => row.peer), inWorkers };
if (values.json) console.log(JSON.stringify(report));
else {
  console.log(`${report.machine}, Node ${report.node}, ${version}; ${samples} samples of ${columns} features, ${stages} stages of depth 3\n`);
  console.log("| classes | idgan s | scikit-learn s | times faster | accuracy on others | its | greatest difference of importances |\n|---|---|---|---|---|---|---|");
  for (const row of rows) console.log(`| ${row.classes} | ${row.ours.toFixed(1)} | ${row.peer.toFixed(1)} | ${row.ratio.toFixed(1)} | ${row.accuracy.toFixed(4)} | ${row.peerAccuracy.toFixed(4)} | ${row.importanceDifference.toExponential(1)} |`);
  console.log(`| all | ${report.ours.toFixed(1)} | ${report.peerSeconds.toFixed(1)} | ${(report.peerSeconds / report.ours).toFixed(1)} | | | |\n\nAll of them on ${cpus().length} processors: ${inWorkers.toFixed(1)} s by the clock.`);
}
