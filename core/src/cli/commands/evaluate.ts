import { installCommand } from "../../config/install-command.js";
import { findMetrics, metricsPackages, type ShelvedMetric } from "../../config/metric-shelf.js";
import { describeOptions } from "../../config/schema.js";
import { IdganError } from "../../contract/error.js";
import { needsOf } from "../../contract/metric.js";
import { evaluate, type Evaluation } from "../../run/evaluate.js";
import type { CodesOf } from "../../run/evaluation/painted-subject.js";
import type { EvaluationReporter } from "../../run/evaluation/evaluation-reporter.js";
import type { EncoderRecord, MetricEntry } from "../../run/evaluation/metrics-file.js";
import { listenForSignals } from "../interrupt.js";
import { counted } from "../counted.js";
import { orJsonFailure } from "../json-failure.js";
import { evaluationReporter } from "../reporters/evaluation-line.js";
import { renderKeys, renderTable } from "../table.js";

export interface EvaluateOptions {
  readonly metrics?: string;
  readonly beside: readonly string[];
  readonly plugin: readonly string[];
  readonly set: readonly string[];
  readonly of: CodesOf;
  readonly seed: number;
  readonly engine?: string;
  readonly list?: boolean;
  readonly json?: boolean;
}

/** `idgan evaluate`: the scores of a run's encoder; or the metrics that are installed here. */
export async function runEvaluate(run: string | undefined, options: EvaluateOptions): Promise<void> {
  const { metrics, beside, plugin, set, of, seed, engine, list = false, json = false } = options;
  if (list) return await orJsonFailure(json, async () => await listMetrics(plugin, json));
  const controller = new AbortController();
  const reporter = stoppable(evaluationReporter((text) => process.stderr.write(text), process.stderr.isTTY && process.env["TERM"] !== "dumb" ? process.stderr : undefined), controller);
  const evaluation = await orJsonFailure(json, async () => {
    if (run === undefined) throw new IdganError("USAGE", "evaluate: no run was named. Write idgan evaluate <run>, or idgan evaluate --list for the metrics that are installed.");
    return await evaluate({
      run,
      beside,
      set,
      of,
      seed,
      plugins: plugin,
      reporter,
      signal: controller.signal,
      ...(metrics === undefined ? {} : { metrics: metrics.split(",").map((name) => name.trim()) }),
      ...(engine === undefined ? {} : { engine }),
    });
  });
  const { entries, failures } = evaluation;
  for (const [reason, names] of byReason(evaluation.leftOut)) reporter.message("info", `left out: ${names.join(", ")}. ${reason}`);
  for (const picture of evaluation.pictures) reporter.message("info", `picture ${picture}`);
  if (entries.length > 0) reporter.message("info", `scores ${evaluation.file}`);
  if (entries.length > 0 || failures.length === 0) process.stdout.write(json ? `${JSON.stringify(entries, null, 2)}\n` : renderScores(entries));
  // Scores that there are stay a list, whatever failed beside them.
  await orJsonFailure(json && entries.length === 0, async () => throwFailures(evaluation));
}

/** What several metrics lack is said once. */
function byReason(leftOut: Evaluation["leftOut"]): ReadonlyMap<string, readonly string[]> {
  const said = new Map<string, string[]>();
  for (const { metric, reason } of leftOut) said.set(reason, [...(said.get(reason) ?? []), metric]);
  return said;
}

/** While images are worked on, a signal stops after the present batch; while a metric computes, nothing would hear it, and the process ends as by default: each score is saved whole. */
function stoppable(reporter: EvaluationReporter, controller: AbortController): EvaluationReporter {
  let leave = (): void => undefined;
  let depth = 0; // a metric's own work may ask for codes
  return {
    ...reporter,
    workStarted(what, count) {
      depth += 1;
      if (depth === 1) leave = listenForSignals(controller, () => reporter.message("warning", "stopping after this batch"));
      reporter.workStarted(what, count);
    },
    workEnded(report) {
      depth -= 1;
      if (depth === 0) leave();
      reporter.workEnded(report);
    },
  };
}

/** The table of scores under what they are of, and their notes below. */
function renderScores(entries: readonly MetricEntry[]): string {
  const [first] = entries;
  if (first === undefined) return "";
  const { dataset, encoder, vae, of } = first;
  const generator = entries.find((entry) => entry.generator !== undefined)?.generator;
  const network = ({ checkpoint, step, hash }: EncoderRecord): string => `${checkpoint}, update ${step}, ${hash.slice(0, 12)}`;
  const head = renderTable([
    ["encoder", network(encoder)],
    ...(generator === undefined ? [] : [["generator", `${network(generator)}, ${generator.use}`]]),
    ["vae", [vae.use, vae.lossConvention].filter((text) => text !== undefined).join(": ")],
    ...(of === undefined ? [] : [["codes", of === "generator" && generator ? `read in images of the generator, ${generator.checkpoint}, ${generator.hash.slice(0, 12)}` : `read in images of the ${of}`]]),
    ["dataset", [`${dataset.name}, ${counted(dataset.size, "image")}`, ...dataset.notes].join("; ")],
    ["seed", String(first.seed)],
  ]);
  const better = ({ higherIsBetter }: MetricEntry): string => (higherIsBetter === null ? "-" : higherIsBetter ? "higher" : "lower");
  const rows = entries.map((entry) => [entry.label ?? entry.metric, formatScore(entry.value).padStart(10), better(entry), entry.seconds.toFixed(1).padStart(7)]);
  const table = renderTable([["metric", "score".padStart(10), "better", "seconds"], ...rows]);
  const notes = renderNotes(entries);
  return `${[head, table, ...(notes.length > 0 ? [notes.join("\n")] : [])].join("\n\n")}\n`;
}

/** A note that several scores share is said once. */
function renderNotes(entries: readonly MetricEntry[]): readonly string[] {
  const said = new Map<string, string[]>();
  for (const { metric, notes = [] } of entries) {
    for (const note of notes) said.set(note, [...(said.get(note) ?? []), metric]);
  }
  return [...said].map(([note, metrics]) => `${metrics.length === entries.length && metrics.length > 1 ? "all" : metrics.join(", ")}: ${note}`);
}

/** Four places, as tables of the literature have at most. */
function formatScore(value: number): string {
  return Math.abs(value) >= 1e6 || (value !== 0 && Math.abs(value) < 1e-3) ? value.toExponential(3) : value.toFixed(4);
}

/** The first failure decides the exit status; its message holds those of all. */
function throwFailures({ failures }: Evaluation): void {
  const [first] = failures;
  if (first === undefined) return;
  if (failures.length === 1) throw first.error;
  throw new IdganError(first.error.code, failures.map(({ error }) => error.message).join("\n"), first.error);
}

async function listMetrics(plugins: readonly string[], json: boolean): Promise<void> {
  const { metrics, problems } = await findMetrics([process.cwd()], plugins);
  for (const problem of problems) process.stderr.write(`warning: ${problem}\n`);
  if (json) process.stdout.write(`${JSON.stringify(metrics.map(asJson), null, 2)}\n`);
  else if (metrics.length > 0) process.stdout.write(`${metrics.map(asText).join("\n\n")}\n`);
  else if (problems.length === 0) process.stderr.write(`No metric is installed here. Run: ${installCommand(metricsPackages.join(" "))}\n`);
}

function asText({ fullName, metric, plugin }: ShelvedMetric): string {
  const direction = metric.higherIsBetter === null ? "neither higher nor lower is better" : `${metric.higherIsBetter ? "higher" : "lower"} is better`;
  const head = renderTable([[fullName, `needs ${needsOf(metric).join(", ")}`, direction, [plugin.name, plugin.version].filter((text) => text !== undefined).join(" ")]]);
  const options = describeOptions(metric.options);
  return [head, `    ${metric.doc}`, ...(options.length > 0 ? [renderKeys(options, "  ")] : [])].join("\n");
}

function asJson({ fullName, metric, plugin }: ShelvedMetric): object {
  const { name, protocol, doc, needs, higherIsBetter, options } = metric;
  return { metric: fullName, name, protocol, doc, needs, higherIsBetter, plugin, options: describeOptions(options) };
}
