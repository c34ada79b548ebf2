// Side by side with PyTorch: node test/bench/bench.mjs [--filter vae] [--rounds 5] [--python /usr/bin/python3 --python …] [--compile] [--json]
// Rounds alternate between the contestants, so that a machine whose speed drifts slows all of them alike; ratios are taken round by round.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    filter: { type: "string", default: "" },
    rounds: { type: "string", default: "5" },
    updates: { type: "string", default: "10" },
    warmup: { type: "string", default: "3" },
    threads: { type: "string", default: "2" },
    python: { type: "string", multiple: true, default: ["python3"] },
    compile: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const peer = here("peers/idgan_torch.py");
const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

/** Runs a contestant and parses the last line that it printed. */
function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    let err = "";
    child.stdout.on("data", (chunk) => (out += chunk));
    child.stderr.on("data", (chunk) => (err += chunk));
    child.on("error", (error) => resolve({ error: error.message }));
    child.on("close", () => {
      try {
        resolve(JSON.parse(out.trim().split("\n").at(-1)));
      } catch {
        resolve({ error: err.trim().split("\n").at(-1) || "no output" });
      }
    });
  });
}

const shared = ["--updates", values.updates, "--warmup", values.warmup, "--threads", values.threads];
const contestants = (model) => [
  { name: "idgan", command: process.execPath, args: [here("update.mjs"), "--model", model, ...shared] },
  ...(existsSync(peer) ? values.python : []).flatMap((python) => [
    { name: `${python} eager`, command: python, args: [peer, "--model", model, ...shared] },
    ...(values.compile ? [{ name: `${python} compiled`, command: python, args: [peer, "--model", model, "--compile", ...shared] }] : []),
  ]),
];

const report = { machine: `${cpus().length} x ${cpus()[0].model}, ${Math.round(totalmem() / 2 ** 30)} GiB`, node: process.version, threads: Number(values.threads), rows: [] };
for (const model of ["vae", "gan"].filter((name) => name.includes(values.filter))) {
  const entries = contestants(model).map((contestant) => ({ ...contestant, results: [] }));
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const entry of entries) entry.results.push(await run(entry.command, entry.args));
  }
  const [ours] = entries;
  for (const entry of entries) {
    const failed = entry.results.find((result) => result.error);
    if (failed) {
      report.rows.push({ model, name: entry.name, error: failed.error });
      continue;
    }
    const ratios = entry.results.map((result, round) => result.median_ms / ours.results[round].median_ms);
    report.rows.push({
      model,
      name: entry.name,
      version: entry.results[0].version ?? entry.results[0].torch,
      medianMs: median(entry.results.map((result) => result.median_ms)),
      minMs: Math.min(...entry.results.map((result) => result.min_ms)),
      timesOurs: median(ratios),
      lowestRatio: Math.min(...ratios),
      highestRatio: Math.max(...ratios),
      peakMiB: Math.max(...entry.results.map((result) => result.peak_rss_mib)),
    });
  }
}

if (values.json) {
  console.log(JSON.stringify(report, null, 2));
} else {
  console.log(`${report.machine}, Node ${report.node}, ${report.threads} threads; ${values.rounds} rounds of ${values.updates} updates, batch 64\n`);
  console.log("| update | contestant | median ms | best ms | time / ours (range) | peak MiB |\n|---|---|---|---|---|---|");
  for (const row of report.rows) {
    console.log(
      row.error
        ? `| ${row.model} | ${row.name} | failed: ${row.error} | | | |`
        : `| ${row.model} | ${row.name} ${row.version} | ${row.medianMs.toFixed(0)} | ${row.minMs.toFixed(0)} | ${row.timesOurs.toFixed(2)} (${row.lowestRatio.toFixed(2)}–${row.highestRatio.toFixed(2)}) | ${row.peakMiB.toFixed(0)} |`,
    );
  }
}
