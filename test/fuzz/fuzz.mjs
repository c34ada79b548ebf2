// Damaged files through every reader: none may crash the process, hang, take a gigabyte, or fail with anything but an `IdganError`.
// node test/fuzz/fuzz.mjs [--files 5000] [--first 0] [--reader NAME …]      prints a line for each reader, and each fault with the seed that makes it again
import { fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readers } from "./readers.mjs";

const { values } = parseArgs({ options: { files: { type: "string", default: "5000" }, first: { type: "string", default: "0" }, reader: { type: "string", multiple: true, default: [] } } });
const [files, first] = [Number(values.files), Number(values.first)];
/** A file that takes more of a processor hangs, and so does one that waits for longer; the first is what counts where others use the machine too. */
const longestSeconds = { processor: 5, waiting: 60 };
/** How often it is looked at. Waiting is counted in looks: by the clock, a file would hang whenever this program is stopped for a while. */
const lookEvery = 0.5;
const mostBytes = 2 ** 30;

/** Seconds of processor time that process `pid` has used; 0 where the system does not say it under /proc. */
function processorSeconds(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return 0;
  }
}

/** Runs `name` on the seeds from `from` on, and returns where it ended, with what was wrong there. */
function run(name, from, end, folder, tally) {
  return new Promise((resolve) => {
    const child = fork(new URL("./child.mjs", import.meta.url), [name, String(from), String(end), folder], { silent: true });
    let [present, ended] = [from - 1, false];
    /** Seconds that the present file has waited, and those of the processor before it. */
    let begun;
    const watch = setInterval(() => {
      if (begun === undefined) return;
      const used = processorSeconds(child.pid) - begun.processor;
      begun.waited += lookEvery;
      if (used > longestSeconds.processor || begun.waited > longestSeconds.waiting) stop(`hangs: ${used.toFixed(1)} s of a processor, ${begun.waited.toFixed(1)} s in all`);
    }, 1000 * lookEvery);
    let said = "";
    child.stderr.on("data", (text) => (said = (said + text).slice(-2000)));
    const stop = (fault) => {
      if (ended) return;
      ended = true;
      clearInterval(watch);
      child.kill("SIGKILL");
      resolve({ next: present + 1, fault });
    };
    child.on("message", (message) => {
      present = message.seed;
      begun = message.began ? { waited: 0, processor: processorSeconds(child.pid) } : undefined;
      if (message.fault !== undefined) tally.faults.push({ seed: message.seed, fault: message.fault });
      if (message.outcome === undefined) return;
      tally[message.outcome] += 1;
      tally.peakBytes = Math.max(tally.peakBytes, message.peakBytes);
      if (message.peakBytes > mostBytes) stop(`takes ${Math.round(message.peakBytes / 2 ** 20)} MB`);
    });
    child.on("exit", (code, signal) => (present + 1 >= end && code === 0 ? stop(undefined) : stop(`ends the process (${signal ?? code}): ${said.trim().split("\n").at(-1)}`)));
  });
}

const folder = await mkdtemp(join(tmpdir(), "idgan-fuzz-"));
let faulty = 0;
try {
  for (const { name } of readers.filter((reader) => values.reader.length === 0 || values.reader.includes(reader.name))) {
    const tally = { read: 0, refused: 0, fault: 0, faults: [], peakBytes: 0 };
    const startedAt = performance.now();
    for (let seed = first; seed < first + files; ) {
      const { next, fault } = await run(name, seed, first + files, folder, tally);
      if (fault !== undefined) tally.faults.push({ seed: next - 1, fault });
      seed = next;
    }
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
    console.log(`${name}: ${files} files in ${seconds} s: ${tally.read} read, ${tally.refused} refused, ${tally.faults.length} faults, peak ${Math.round(tally.peakBytes / 2 ** 20)} MB`);
    for (const { seed, fault } of tally.faults) console.log(`  seed ${seed}: ${fault}`);
    faulty += tally.faults.length;
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = faulty > 0 ? 1 : 0;
