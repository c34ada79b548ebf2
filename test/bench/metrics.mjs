// Every score at its protocol's full constants beside Python, on the same codes:
//     node test/bench/metrics.mjs [--python python3] [--filter '^(mig|sap)'] [--skip-python]
// The Python side is disentanglement_lib 1.5's own functions where it has them: PYTHONPATH must lead to its unpacked wheel
// (test/fixtures/disentanglement_library.py). Times are of the score alone: codes of all 737,280 images of dSprites' factors stand in a table, and looking them up does not count.
// A score that takes less than a second is measured up to five times on either side, and the least time stands.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createStream, unitSpace } from "@idgan/core";
import disentanglement from "@idgan/plugin-metrics-disentanglement";
import sprites from "@idgan/plugin-sprites";

const { values } = parseArgs({
  options: { python: { type: "string", default: "python3" }, filter: { type: "string", default: "" }, "skip-python": { type: "boolean", default: false } },
});
const latentDim = 10;
const seed = 0;
const { factors, factorValues, indicesOf, size } = await sprites.open({ antialias: false }, { size: 64, folder: ".", seed });

/** Codes as a VAE of middling success gives them: position clean, scale and turn mixed, shape weak, the rest noise. */
function codesOf(noiseSalt) {
  const all = factorValues(Uint32Array.from({ length: size }, (_, i) => i));
  const noise = createStream(seed, `bench/noise-${noiseSalt}`).normal(0, size * latentDim);
  const mean = new Float32Array(size * latentDim);
  for (let image = 0; image < size; image += 1) {
    const [, shape, scale, turn, x, y] = all.subarray(image * 6, image * 6 + 6);
    const [a, b] = [Math.cos((2 * Math.PI * turn) / 40), Math.sin((2 * Math.PI * turn) / 40)];
    const clean = [x / 10 - 1.6, y / 10 - 1.6, scale / 2 - 1.2 + x / 80, a + 0.3 * shape, b + scale / 10, 0.6 * shape - 0.6 + 0.4 * a, 0.1 * x * (shape - 1) * 0.1, 0, 0, 0];
    const loose = [0.15, 0.15, 0.25, 0.4, 0.4, 0.5, 0.3, 0.02, 0.02, 0.01];
    for (let latent = 0; latent < latentDim; latent += 1) mean[image * latentDim + latent] = clean[latent] + loose[latent] * noise[image * latentDim + latent];
  }
  return mean;
}

/** Time spent in the table, which stands for an encoder: no score's own. */
const encoding = { seconds: 0, cpu: 0 };
const cpuSeconds = (before) => {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
};

const logVars = [-3.5, -3.5, -2.5, -2, -2, -1.5, -2, 0, 0, 0];

function subjectOf(name, mean) {
  return {
    name,
    latentDim,
    dataset: { name: "sprites' factors", size, image: unitSpace(64, 1), fingerprint: "bench", factors, factorValues, indicesOf, batch: async () => new Float32Array() },
    async encode(indices) {
      const [start, before] = [performance.now(), process.cpuUsage()];
      const codes = { mean: new Float32Array(indices.length * latentDim), logVar: new Float32Array(indices.length * latentDim) };
      for (let place = 0; place < codes.mean.length; place += 1) {
        codes.mean[place] = mean[indices[(place / latentDim) | 0] * latentDim + (place % latentDim)];
        codes.logVar[place] = logVars[place % latentDim];
      }
      encoding.seconds += (performance.now() - start) / 1000;
      encoding.cpu += cpuSeconds(before);
      return codes;
    },
  };
}

const tables = [0, 1, 2, 3].map(codesOf);
const [own, ...others] = tables.map((table, run) => subjectOf(`run ${run}`, table));
const defaults = (options) => Object.fromEntries(Object.entries(options).map(([key, option]) => [key, option.default]));
const rows = disentanglement.metrics({}).flatMap((metric) => {
  const row = { key: metric.name, name: `${metric.name}@${metric.protocol}`, metric, options: defaults(metric.options) };
  return metric.name === "mig-exact" ? [row, { ...row, key: "mig-exact-10000", name: `${row.name}, 10,000 images`, options: { ...row.options, images: 10_000 } }] : [row];
});

for (const row of rows.filter(({ key }) => new RegExp(values.filter).test(key))) {
  for (let round = 0, spent = 0; round < 5 && spent < 1; round += 1) {
    const [start, before, table] = [performance.now(), process.cpuUsage(), { ...encoding }];
    const { value } = await row.metric.measure({ ...own, others, seed }, row.options);
    const seconds = (performance.now() - start) / 1000 - (encoding.seconds - table.seconds);
    const cpu = cpuSeconds(before) - (encoding.cpu - table.cpu);
    row.ours = { value, seconds: Math.min(seconds, row.ours?.seconds ?? Infinity), cpu: Math.min(cpu, row.ours?.cpu ?? Infinity) };
    spent += cpu;
  }
  console.error(row.name, row.ours);
}

/** Runs the peer on the same tables and indices; it prints a line of JSON for each score. */
async function measureInPython() {
  const folder = mkdtempSync(join(tmpdir(), "idgan-bench-"));
  try {
    for (const [run, table] of tables.entries()) writeFileSync(join(folder, `codes-${run}.f32`), table);
    const draws = { train: createStream(seed, "metric/train").integers(0, 10_000, size), test: createStream(seed, "metric/test").integers(0, 5_000, size) };
    for (const [name, indices] of Object.entries(draws)) writeFileSync(join(folder, `${name}.u32`), indices);
    writeFileSync(join(folder, "log-variances.json"), JSON.stringify(logVars));
    const peer = spawn(values.python, [fileURLToPath(new URL("peers/metrics.py", import.meta.url)), folder, values.filter], { stdio: ["ignore", "pipe", "inherit"] });
    let out = "";
    for await (const chunk of peer.stdout) {
      out += chunk;
      process.stderr.write(chunk);
    }
    return new Map(out.trim().split("\n").filter((line) => line !== "").map((line) => JSON.parse(line)).map((each) => [each.key, each]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const theirs = values["skip-python"] ? new Map() : await measureInPython();
const measured = rows.filter(({ ours }) => ours !== undefined);
const figure = (number) => (number === undefined ? "–" : number.toFixed(number < 10 ? 2 : 1));
console.log(`${availableParallelism()} x ${cpus()[0].model}, Node ${process.version}\n`);
console.log("| score | value | Python | seconds | Python | CPU seconds | Python |\n|---|---|---|---|---|---|---|");
for (const { name, key, ours } of measured) {
  const peer = theirs.get(key);
  console.log(`| ${name} | ${ours.value.toFixed(4)} | ${peer?.value.toFixed(4) ?? "–"} | ${figure(ours.seconds)} | ${figure(peer?.seconds)} | ${figure(ours.cpu)} | ${figure(peer?.cpu)} |`);
}
console.log(`\nAll of ours: ${figure(measured.reduce((sum, { ours }) => sum + ours.seconds, 0))} s.`);
