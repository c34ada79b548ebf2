// How soon one sees something: `idgan --help`, and the first update of a preset after `idgan train`: node test/bench/starting.mjs [--preset quickstart] [--rounds 5]
// Milliseconds of wall time, each from a new process; the second of two trainings finds the compiled models in the cache.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { performance } from "node:perf_hooks";

const { values } = parseArgs({ options: { preset: { type: "string", default: "quickstart" }, rounds: { type: "string", default: "5" } } });
const idgan = fileURLToPath(new URL("../../core/bin/idgan.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "idgan-starting-"));
const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

/** Runs until a line of its output says so, or it ends. */
function timed(args, isDone = () => false) {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(process.execPath, [idgan, ...args], { env: { ...process.env, IDGAN_CACHE: join(folder, "cache") }, stdio: ["ignore", "pipe", "pipe"] });
    const lines = [];
    let found;
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        lines.push(line);
        if (found === undefined && isDone(line)) {
          found = performance.now() - start;
          child.kill("SIGKILL");
        }
      });
    }
    child.on("error", reject);
    child.on("close", (code) => (found !== undefined || code === 0 ? resolve(found ?? performance.now() - start) : reject(new Error(lines.join("\n")))));
  });
}

const times = { help: [], "first update, nothing cached": [], "first update, compiled before": [] };
const train = (round) => timed(["train", values.preset, "--out", join(folder, `${round}`), "--json"], (line) => line.includes(`"event":"stepped"`));
try {
  for (let round = 0; round < Number(values.rounds); round += 1) {
    times.help.push(await timed(["--help"]));
    rmSync(join(folder, "cache"), { recursive: true, force: true });
    times["first update, nothing cached"].push(await train(`${round}a`));
    times["first update, compiled before"].push(await train(`${round}b`));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log("| | median ms | least |\n|---|---|---|");
for (const [name, list] of Object.entries(times)) console.log(`| ${name} | ${median(list).toFixed(0)} | ${Math.min(...list).toFixed(0)} |`);
