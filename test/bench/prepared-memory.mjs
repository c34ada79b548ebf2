// Resident memory of a training over a prepared file larger than it should ever hold, beside the same over a few pictures:
// node test/bench/prepared-memory.mjs [--gigabytes 5] [--few 1024] [--updates 300] [--preset folder] [--workers 2] [--set key=value …]
// Makes a folder of links to a few JPEGs of the preset's size, so that the folder is small and the prepared file is not, and a folder of `--few` of them. In a
// process of its own each: prepares both, then trains stage 1 over both. Prints peaks, anonymous memory (what the process has made) and mapped files (programs
// and libraries) apart, as Linux tells them. Needs the file's size on the disk, and deletes all of it.
import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createStream, resolveRun, silentReporter, train } from "@idgan/core";
import images from "@idgan/plugin-data-images";

const { values } = parseArgs({
  options: {
    gigabytes: { type: "string", default: "5" }, few: { type: "string", default: "1024" }, updates: { type: "string", default: "300" }, preset: { type: "string", default: "folder" },
    workers: { type: "string", default: "2" }, set: { type: "string", multiple: true, default: [] },
    // What a child is asked to do, and where.
    task: { type: "string" }, folder: { type: "string" }, cache: { type: "string" },
  },
});
const size = 64;
const channels = 3;
const distinct = 32;
const looksEach = 50;
const { updates, task } = values;

/** Megabytes that are resident now, of each kind. */
function resident() {
  const status = readFileSync("/proc/self/status", "utf8");
  const [anonymous, files] = ["RssAnon", "RssFile"].map((name) => Math.round((Number(status.match(new RegExp(`${name}:\\s+(\\d+) kB`))[1]) * 1024) / 1e6));
  return { anonymous, files, all: anonymous + files };
}

/** The peaks of each kind while `work` goes on, looked at twenty times a second and wherever `look` is called. */
async function peaksOf(work) {
  const peaks = resident();
  const look = () => {
    for (const [kind, megabytes] of Object.entries(resident())) peaks[kind] = Math.max(peaks[kind], megabytes);
  };
  const timer = setInterval(look, looksEach);
  try {
    await work(look);
    look();
    return peaks;
  } finally {
    clearInterval(timer);
  }
}

/** The data's options of a child. */
const optionsOf = ({ folder, cache, workers }) => ({ folder, cache, workers: Number(workers), broken: "refuse" });

async function prepare() {
  const defaults = Object.fromEntries(Object.entries(images.options).map(([name, option]) => [name, option.default]));
  const dataset = await images.open({ ...defaults, ...optionsOf(values) }, { size, folder: "/", seed: 1 });
  await dataset.close();
}

async function trainOver(look) {
  const never = String(10 * Number(updates));
  const set = [
    ...Object.entries(optionsOf(values)).map(([name, value]) => `data.options.${name}=${value}`), `represent.steps=${updates}`, "synthesise.steps=1",
    `record.checkpoint=${never}`, `record.pictures=${never}`, ...values.set,
  ];
  const ended = new AbortController();
  const reporter = {
    ...silentReporter,
    stepped({ stage, step }) {
      look();
      if (stage === "represent" && step === Number(updates)) ended.abort();
    },
  };
  const out = mkdtempSync(join(tmpdir(), "idgan-memory-run-"));
  try {
    await train(await resolveRun({ config: values.preset, set }), { out, resume: false, reporter, signal: ended.signal });
  } catch (error) {
    if (!ended.signal.aborted) throw error;
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** Two folders of links to the same pictures, many and few. */
async function makeFolders(root, counts) {
  const sharp = createRequire(new URL("../../plugins/data-images/package.json", import.meta.url))("sharp");
  for (let i = 0; i < distinct; i += 1) {
    const pixels = Uint8Array.from(createStream(i, "bench/memory").integers(0, 8 * 8 * channels, 256));
    writeFileSync(join(root, `${i}.jpg`), await sharp(pixels, { raw: { width: 8, height: 8, channels } }).resize(size, size).jpeg().toBuffer());
  }
  for (const [name, count] of Object.entries(counts)) {
    mkdirSync(join(root, name));
    for (let i = 0; i < count; i += 1) linkSync(join(root, `${i % distinct}.jpg`), join(root, name, `${String(i).padStart(7, "0")}.jpg`));
  }
}

async function compare() {
  const root = mkdtempSync(join(tmpdir(), "idgan-memory-"));
  try {
    const counts = { many: Math.ceil((Number(values.gigabytes) * 1e9) / (size * size * channels)), few: Number(values.few) };
    await makeFolders(root, counts);
    console.log("| pictures | prepared file, GB | what | seconds | peak MB, all | anonymous | mapped files |\n|---|---|---|---|---|---|---|");
    for (const [name, count] of Object.entries(counts)) {
      for (const each of ["prepare", "train"]) {
        const args = [fileURLToPath(import.meta.url), ...process.argv.slice(2), "--task", each, "--folder", join(root, name), "--cache", join(root, `${name}-cache`)];
        const startedAt = performance.now();
        const { all, anonymous, files } = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }).trim().split("\n").at(-1));
        const [file] = readdirSync(join(root, `${name}-cache`));
        const gigabytes = (statSync(join(root, `${name}-cache`, file)).size / 1e9).toFixed(2);
        console.log(`| ${count} | ${gigabytes} | ${each} | ${((performance.now() - startedAt) / 1000).toFixed(0)} | ${all} | ${anonymous} | ${files} |`);
      }
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

if (task === undefined) await compare();
else console.log(JSON.stringify(await peaksOf(task === "prepare" ? prepare : trainOver)));
