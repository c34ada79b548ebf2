// Trains and scores the models of the study, and writes the table of docs/studies/sprites.md:
//   node test/bench/study.mjs [--seeds 1,2] [--steps 10000] [--rate 5e-4] [--only study-vae,…] [--runs runs/study] [--table]
// A run that is there is gone on with, a score that is there is kept, so that a study that was stopped costs nothing twice.
// With --table nothing is trained or scored: the table is made from what lies in --runs.
import { evaluate, findMetrics, resolveRun, train, createReporter, readEvents } from "@idgan/core";
import { study } from "@idgan/presets/study/list";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual, parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1" },
    steps: { type: "string", default: "10000" },
    rate: { type: "string", default: "5e-4" },
    only: { type: "string", default: study.map(({ preset }) => preset).join(",") },
    runs: { type: "string", default: "runs/study" },
    table: { type: "boolean", default: false },
  },
});
/** The columns: a metric, and which of its numbers. */
const columns = [
  ["FactorVAE score", "factor-vae@locatello2019"],
  ["BetaVAE score", "beta-vae@locatello2019"],
  ["MIG", "mig@locatello2019"],
  ["MIG, exact", "mig-exact@chen2018"],
  ["DCI disent.", "dci@locatello2019"],
  ["DCI compl.", "dci@locatello2019", "completeness"],
  ["DCI inform.", "dci@locatello2019", "informativeness"],
  ["SAP", "sap@locatello2019"],
  ["Modularity", "modularity@locatello2019"],
  ["Gaussian TC", "gaussian-tc@locatello2019"],
  ["active", "active-units@burda2016"],
];

const settings = ["represent.steps=" + values.steps, "represent.optimizer.learningRate=" + values.rate, "represent.adversaryOptimizer.learningRate=" + values.rate, "synthesise.steps=0"];
const page = new URL("../../docs/studies/sprites.md", import.meta.url);
const [opening, closing] = ["<!-- scores -->", "<!-- /scores -->"];
if (![opening, closing].every((mark) => readFileSync(page, "utf8").includes(mark))) throw new Error(`${page.pathname} has no place for the table: it needs the lines ${opening} and ${closing}.`);
const asked = values.only.split(",").map((name) => study.find(({ preset }) => preset === name) ?? fail(`--only ${name}: the study has ${study.map(({ preset }) => preset).join(", ")}.`));
const folderOf = (preset, seed) => join(values.runs, `${preset}-${seed}`);
const readJson = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined);

function fail(text) {
  throw new Error(text);
}

/** Scores as the table shows them: of the newest weights, on the run's own images, by the protocols' constants. */
async function entriesOf(run) {
  const metrics = new Map((await findMetrics([process.cwd()])).metrics.map(({ fullName, metric }) => [fullName, metric]));
  const newest = Math.max(0, ...(readJson(join(run, "metrics.json")) ?? []).map(({ encoder }) => encoder.step));
  const plain = ({ metric, options, seed, encoder }) => {
    const defaults = Object.entries(metrics.get(metric)?.options ?? {}).map(([name, option]) => [name, option.default]);
    return seed === 0 && encoder.step === newest && isDeepStrictEqual(options, Object.fromEntries(defaults));
  };
  const found = (readJson(join(run, "metrics.json")) ?? []).filter(plain);
  return new Map(found.map((entry) => [entry.metric, entry]));
}

/** What decides the encoder that comes out; where plugins lie and how often losses are logged does not. */
function identity({ seed, data, vae, represent }) {
  const plain = ({ use, options }) => ({ use, options });
  return { seed, data: plain(data), vae: { ...plain(vae), size: vae.size, latentDim: vae.latentDim }, represent };
}

/** Seconds that the updates took, the pauses between two starts of a run left out. */
async function trainingSeconds(run) {
  const losses = [];
  for (const event of await readEvents(join(run, "events.jsonl"))) if (event.event === "losses") losses.push(Date.parse(event.time));
  const gaps = losses.slice(1).map((time, i) => (time - losses[i]) / 1000);
  const usual = gaps.toSorted((a, b) => a - b)[gaps.length >> 1];
  return gaps.reduce((sum, gap) => sum + Math.min(gap, 20 * usual), 0);
}

async function make({ preset }, seed) {
  const run = folderOf(preset, seed);
  const resolved = await resolveRun({ config: preset, seed, set: settings });
  const saved = readJson(join(run, "config.json"));
  if (saved && !isDeepStrictEqual(identity(saved), identity(resolved.config))) throw new Error(`${run} holds a run of other settings. Name another folder with --runs.`);
  await train(resolved, { out: run, resume: saved !== undefined, reporter: createReporter() });
  const there = await entriesOf(run);
  const wanted = [...new Set(columns.map(([, metric]) => metric))].filter((metric) => !there.has(metric));
  if (wanted.length > 0) await evaluate({ run, metrics: wanted });
}

async function scoresOf(run) {
  const entries = await entriesOf(run);
  return columns.map(([, metric, part]) => (part ? entries.get(metric)?.parts[part] : entries.get(metric)?.value));
}

async function rowOf({ preset, model, setting, paper, url }, seed) {
  const run = folderOf(preset, seed);
  const scores = await scoresOf(run);
  if (scores.every((score) => score === undefined)) return [];
  const minutes = Math.round((await trainingSeconds(run)) / 60);
  const cells = scores.map((score) => (score === undefined ? "" : Number.isInteger(score) ? String(score) : score.toFixed(score > 10 ? 1 : 3)));
  return [`| ${model}, ${setting} ([${paper}](${url})) | ${seed} | ${cells.join(" | ")} | ${minutes} min |`];
}

const seeds = values.seeds.split(",").map(Number);
if (!values.table) for (const seed of seeds) for (const entry of asked) await make(entry, seed);
const rows = [];
// All that lies there, so that a study made in parts keeps its rows.
const made = readdirSync(values.runs).flatMap((name) => /-(\d+)$/.exec(name)?.[1] ?? []);
for (const entry of study) for (const seed of new Set(made.map(Number).toSorted((a, b) => a - b))) rows.push(...(await rowOf(entry, seed)));
const table = [`| model | seed | ${columns.map(([title]) => title).join(" | ")} | training |`, `|---|---|${columns.map(() => "---|").join("")}---|`, ...rows].join("\n");
process.stdout.write(`${table}\n`);
const text = readFileSync(page, "utf8");
writeFileSync(page, `${text.slice(0, text.indexOf(opening))}${opening}\n${table}\n${text.slice(text.indexOf(closing))}`);
