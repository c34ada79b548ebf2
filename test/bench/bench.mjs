// Side by side with PyTorch and tfjs, whole updates and more:
// node test/bench/bench.mjs [--filter vae,gan] [--task update,read,data] [--rounds 7] [--calls 3] [--python /usr/bin/python3 --python …] [--compile]
//                           [--engine @idgan/engine-tensorflow --engine '@idgan/engine-tensorflow?mode=eager' …] [--json]
//                           [--into speed.json] [--page docs/studies/speed.md]
// Every contestant is one process that waits while another works. Rounds alternate between them, so that a machine whose speed drifts slows all of them
// alike; ratios are taken round by round, in time and in processor time, which says more where other programs take the processors away.
import { cpus, totalmem } from "node:os";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Contestant } from "./process.mjs";
import { dataRates } from "./data-rates.mjs";
import { isThere, subjects } from "./subjects.mjs";
import { tablesOf } from "./tables.mjs";

const { values } = parseArgs({
  options: {
    filter: { type: "string", default: Object.keys(subjects).join() },
    task: { type: "string", default: "update,read,data" },
    rounds: { type: "string", default: "7" },
    calls: { type: "string", default: "3" },
    warmup: { type: "string", default: "2" },
    threads: { type: "string", default: "2" },
    python: { type: "string", multiple: true, default: ["python3"] },
    engine: { type: "string", multiple: true, default: [] },
    compile: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    into: { type: "string" },
    page: { type: "string" },
  },
});
const [rounds, calls, warmup] = [values.rounds, values.calls, values.warmup].map(Number);
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
const tasks = values.task.split(",");

/** Who competes: idgan first, since it is what the others are compared with. */
function contestantsOf(model, task) {
  const { batch } = subjects[model];
  const shared = ["--model", model, "--task", task, "--threads", values.threads];
  const peer = [here("peers/idgan_torch.py"), ...shared, "--batch", String(batch)];
  return [
    new Contestant("idgan", process.execPath, [here("contestant.mjs"), ...shared]),
    ...values.engine.map((engine) => new Contestant(engine, process.execPath, [here("contestant.mjs"), ...shared, "--engine", engine])),
    ...values.python.flatMap((python) => [
      new Contestant(`${python} eager`, python, peer),
      ...(values.compile ? [new Contestant(`${python} compiled`, python, [...peer, "--compile"])] : []),
    ]),
  ];
}

/** Runs all contestants of one subject in turn; one that fails says why, and the others go on. */
async function compete(model, task) {
  const field = contestantsOf(model, task);
  for (const contestant of field) await contestant.start(warmup);
  const rates = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const contestant of field) {
      await contestant.round(calls);
      const answer = await contestant.ask("matrix");
      if (answer?.rate) rates.push(answer.rate);
    }
  }
  for (const contestant of field) await contestant.end();
  const [ours] = field;
  const { operations, compileMs } = ours.facts;
  return field.map((contestant) => {
    const { name, error } = contestant;
    if (error) return { task, model, name, error };
    const ratio = (of) => contestant.rounds.map((own, i) => of(own) / of(ours.rounds[i]));
    const times = ratio((own) => median(own.times));
    const medianMs = median(contestant.rounds.map((own) => median(own.times)));
    const flops = operations / medianMs / 1e6;
    return {
      task,
      model,
      name,
      version: contestant.facts.version,
      batch: ours.facts.batch,
      medianMs,
      minMs: Math.min(...contestant.rounds.flatMap((own) => own.times)),
      perSecond: (1000 * ours.facts.batch) / medianMs,
      timesOurs: median(times),
      lowestRatio: Math.min(...times),
      highestRatio: Math.max(...times),
      processorTimesOurs: median(ratio((own) => own.processorMs)),
      gflops: flops,
      rounds,
      calls,
      // The best rate that anybody's matrix product attained in this run is the limit.
      sgemmShare: flops / Math.max(...rates),
      sgemm: Math.max(...rates),
      peakMiB: contestant.peakMiB,
      ...(contestant === ours && { compileMs }),
    };
  });
}

const report = {
  machine: `${cpus().length} x ${cpus()[0].model}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}`,
  node: process.version,
  threads: Number(values.threads),
  rows: [],
  missing: [],
};
for (const model of values.filter.split(",").filter((name) => name in subjects)) {
  if (!(await isThere(model))) {
    report.missing.push(model);
    continue;
  }
  for (const task of tasks.filter((name) => name !== "data")) {
    if (task === "read" && !["vae", "gan", "resnetgan-64", "stylegan-64"].includes(model)) continue;
    report.rows.push(...(await compete(model, task)));
    if (!values.json) console.error(`${model}, ${task}: done`);
  }
}
if (tasks.includes("data")) report.data = await dataRates();

if (values.into) {
  const { rows, missing, data } = existsSync(values.into) ? JSON.parse(readFileSync(values.into, "utf8")) : { rows: [], missing: [] };
  const isNew = (row) => report.rows.some((other) => other.task === row.task && other.model === row.model);
  const order = Object.keys(subjects);
  report.rows = [...rows.filter((row) => !isNew(row)), ...report.rows].sort((a, b) => order.indexOf(a.model) - order.indexOf(b.model));
  report.missing = [...new Set([...missing, ...report.missing])];
  report.data ??= data;
  writeFileSync(values.into, JSON.stringify(report));
}

const tables = tablesOf(report);
if (values.page) {
  const page = readFileSync(values.page, "utf8");
  writeFileSync(values.page, page.replace(/(<!-- bench -->\n)[\s\S]*(\n<!-- end of bench -->)/, `$1\n${tables}$2`));
}
console.log(values.json ? JSON.stringify(report, null, 2) : tables);
