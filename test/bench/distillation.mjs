// The claim of ID-GAN as an experiment: does the distilled GAN keep the VAE's code and make the sharper picture? Trains, scores, and writes the table of
// docs/studies/distillation.md:
//   node test/bench/distillation.mjs [--data color-sprites-hour,scream-sprites-hour] [--seed 1] [--minutes 60] [--extractor squeezenet --weights FOLDER] [--runs runs/distillation] [--set KEY=VALUE …] [--table]
// Four models of each data set share one VAE: its own decoder, a GAN without the id term, ID-GAN with c of the prior, and ID-GAN. A run that is there is gone on with, a
// score that is there is kept. --minutes is the time for all that is asked for: at its end the present run is stopped with a checkpoint, and the same command goes on.
// With --table nothing is trained or scored.
import { createReporter, evaluate, IdganError, readEvents, resolveRun, train } from "@idgan/core";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { isDeepStrictEqual, parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: "color-sprites-hour,scream-sprites-hour" },
    seed: { type: "string", default: "1" },
    minutes: { type: "string" },
    extractor: { type: "string", default: "encoder" },
    weights: { type: "string" },
    runs: { type: "string", default: "runs/distillation" },
    set: { type: "string", multiple: true, default: [] },
    images: { type: "string", default: "10000" },
    votes: { type: "string", default: "2000" },
    table: { type: "boolean", default: false },
  },
});
const seed = Number(values.seed);
const names = values.data.split(",");
const page = new URL("../../docs/studies/distillation.md", import.meta.url);
const [opening, closing] = ["<!-- scores -->", "<!-- /scores -->"];
const readJson = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined);
if (![opening, closing].every((mark) => readFileSync(page, "utf8").includes(mark))) throw new Error(`${page.pathname} has no place for the table: it needs the lines ${opening} and ${closing}.`);

const controller = new AbortController();
if (values.minutes !== undefined) setTimeout(() => controller.abort(), Number(values.minutes) * 60_000).unref();

/** Runs of stage 2, all on the encoder of the run `vae`. */
const models = [
  { model: "GAN without the id term", folder: "without-id", set: ["synthesise.idWeight=0"] },
  { model: "ID-GAN, c of the prior", folder: "prior", set: ["synthesise.code=prior"] },
  { model: "ID-GAN", folder: "idgan", set: [] },
];

const folderOf = (data, folder) => resolve(values.runs, `${data}-${seed}`, folder);
const frechet = `frechet@${values.extractor}`;
const fewer = [`factor-vae.train=${values.votes}`, `factor-vae.evaluation=${Number(values.votes) / 2}`];
const pictures = [`${frechet}.samples=${values.images}`, `${frechet}.real=${values.images}`, ...(values.weights ? [`${frechet}.weights=${resolve(values.weights)}`] : [])];
const kept = ["id-nll", "id-information", "code-recovery", "code-leakage"];
const draws = ["id-nll", "id-information", "code-recovery"].map((metric) => `${metric}.images=${values.images}`);

/** What is asked of each run: metrics, their options, and whose codes or images they are of. */
const questions = (run) => [
  ...(run === "idgan" ? [{ metrics: ["factor-vae", "mig"], set: fewer, of: "encoder" }, { metrics: ["factor-vae", "mig"], set: fewer, of: "decoder" }] : []),
  { metrics: ["factor-vae", "mig"], set: fewer, of: "generator" },
  { metrics: kept, set: draws, of: "encoder" },
  { metrics: [frechet], set: pictures, of: "encoder" },
  ...(run === "idgan" ? [{ metrics: [frechet], set: [...pictures, `${frechet}.of=decoder`], of: "encoder", decoded: true }] : []),
];

/** The same run but for how it is logged, and where things lie. */
function identity({ seed: drawn, data, vae, gan, represent, synthesise }) {
  const plain = ({ use, options }) => ({ use, options });
  return { seed: drawn, data: plain(data), vae: { ...plain(vae), size: vae.size, latentDim: vae.latentDim }, gan: { ...plain(gan), size: gan.size, nuisanceDim: gan.nuisanceDim }, represent, synthesise };
}

async function make(out, config, set) {
  const resolved = await resolveRun({ config, seed, set: [...values.set, ...set] });
  const saved = readJson(join(out, "config.json"));
  if (saved && !isDeepStrictEqual(identity(saved), identity(resolved.config))) throw new Error(`${out} holds a run of other settings. Name another folder with --runs.`);
  await train(resolved, { out, resume: saved !== undefined, reporter: createReporter(), signal: controller.signal });
}

/** The newest entry of a metric, by what it is of. */
function entryOf(run, metric, of = "encoder", decoded = false) {
  const entries = (readJson(join(run, "metrics.json")) ?? []).filter((entry) => entry.metric.startsWith(metric) && (entry.of ?? "encoder") === of && (entry.options.of === "decoder") === decoded);
  return entries.at(-1);
}

async function score(data, { folder }) {
  const run = folderOf(data, folder);
  for (const { metrics, set, of, decoded } of questions(folder)) {
    const missing = metrics.filter((metric) => entryOf(run, metric, of, decoded) === undefined);
    if (missing.length === 0) continue;
    const wanted = set.filter((setting) => missing.some((metric) => setting.startsWith(`${metric}.`)));
    const { failures } = await evaluate({ run, metrics: missing, set: wanted, of, signal: controller.signal });
    for (const { error } of failures) process.stderr.write(`${run}: ${error.message}\n`);
  }
}

async function experiment(data) {
  const vae = folderOf(data, "vae");
  await make(vae, data, ["synthesise.steps=0"]);
  for (const { folder, set } of models) await make(folderOf(data, folder), data, [`encoder.from=${vae}`, ...set]);
  for (const each of models) await score(data, each);
}

/** Minutes that a stage's updates took, the pauses between two starts of a run left out. */
async function minutesOf(run) {
  const file = join(run, "events.jsonl");
  if (!existsSync(file)) return undefined;
  const times = (await readEvents(file)).flatMap((event) => (event.event === "losses" ? [Date.parse(event.time)] : []));
  const gaps = times.slice(1).map((time, i) => time - times[i]);
  const usual = gaps.toSorted((a, b) => a - b)[gaps.length >> 1] ?? 0;
  return gaps.reduce((sum, gap) => sum + Math.min(gap, 20 * usual), 0) / 60_000;
}

const number = (value, digits) => (value === undefined ? "" : value.toFixed(digits));

async function rowsOf(data) {
  const own = folderOf(data, "idgan");
  const decoded = (metric) => entryOf(own, metric)?.parts["VAE decoder"];
  const row = (model, [distance, nll, information, r2, leak, votes, mig], minutes) =>
    `| \`${data}\` | ${model} | ${number(distance, 2)} | ${number(nll, 2)} | ${number(information, 2)} | ${number(r2, 3)} | ${number(leak, 3)} | ${number(votes, 3)} | ${number(mig, 3)} | ${number(minutes, 0)} |`;
  const rows = [
    row("data, read by the encoder", [undefined, undefined, undefined, undefined, undefined, entryOf(own, "factor-vae")?.value, entryOf(own, "mig@")?.value], undefined),
    row("VAE decoder", [entryOf(own, frechet, "encoder", true)?.value, ...kept.map(decoded), entryOf(own, "factor-vae", "decoder")?.value, entryOf(own, "mig@", "decoder")?.value], await minutesOf(folderOf(data, "vae"))),
  ];
  for (const { model, folder } of models) {
    const run = folderOf(data, folder);
    const scores = [frechet, ...kept].map((metric) => entryOf(run, metric)?.value);
    rows.push(row(model, [...scores, entryOf(run, "factor-vae", "generator")?.value, entryOf(run, "mig@", "generator")?.value], await minutesOf(run)));
  }
  return rows;
}

try {
  if (!values.table) for (const data of names) await experiment(data);
} catch (error) {
  if (!(error instanceof IdganError) || error.code !== "INTERRUPTED") throw error;
  process.stderr.write(`The ${values.minutes} minutes are over. ${error.message}\nThe same command goes on from there.\n`);
  process.exitCode = error.exitCode;
}
const rows = (await Promise.all(names.map(rowsOf))).flat();
const head = ["data", "model", `Fréchet distance (${values.extractor}) ↓`, "id NLL, nats ↓", "information, nats ↑", "R² of the code ↑", "leakage ↓", "FactorVAE score ↑", "MIG ↑", "min"];
const table = [`| ${head.join(" | ")} |`, `|${head.map(() => "---|").join("")}`, ...rows].join("\n");
process.stdout.write(`${table}\n`);
const text = readFileSync(page, "utf8");
writeFileSync(page, `${text.slice(0, text.indexOf(opening))}${opening}\n${table}\n${text.slice(text.indexOf(closing))}`);
