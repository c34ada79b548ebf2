import { metricOptions, partSettings } from "../config/metric-settings.js";
import { chooseMetrics, findMetrics, type ShelvedMetric } from "../config/metric-shelf.js";
import type { JsonObject } from "../config/json.js";
import { resolveRun } from "../config/resolve-run.js";
import { IdganError } from "../contract/error.js";
import { hasFactors } from "../contract/factored-dataset.js";
import { needsOf } from "../contract/metric.js";
import type { MetricsPlugin } from "../plugin.js";
import { attributed } from "../trace/attributed.js";
import { openBench, type Bench } from "./evaluation/bench.js";
import { drawLatents } from "./evaluation/evaluation-pictures.js";
import { silentEvaluationReporter, type EvaluationReporter } from "./evaluation/evaluation-reporter.js";
import { measureAll, type Asked } from "./evaluation/measure-all.js";
import type { MetricEntry } from "./evaluation/metrics-file.js";
import type { CodesOf } from "./evaluation/painted-subject.js";
import type { Latent } from "./latents.js";
import { openRunDirectory } from "./record/run-directory.js";
import { trainOn } from "./train-on.js";

export interface EvaluationRequest {
  /** Run directory whose encoder, and generator where it has one, are judged. */
  readonly run: string;
  /** Names, `mig` or `mig@locatello2019`; by default all metrics that are installed and whose needs are met. */
  readonly metrics?: readonly string[];
  /** Directories of other runs, for scores that compare models. */
  readonly beside?: readonly string[];
  /** `key=value` each, as `--set` takes them: `data.…` and `engine.…` of the run's config, and options of metrics, `mig.bins=30`. */
  readonly set?: readonly string[];
  /** Whose images the codes are read in: the data's (`encoder`, the default), or those that the generator or the VAE's decoder makes of the data's codes. */
  readonly of?: CodesOf;
  /** Keys every draw of the metrics. Default 0. */
  readonly seed?: number;
  /** What `--engine` takes; by default the run's own. */
  readonly engine?: string;
  /** Plugins of metrics beside those that are installed: packages, files, or objects. */
  readonly plugins?: readonly (string | MetricsPlugin)[];
  readonly cwd?: string;
  readonly reporter?: EvaluationReporter;
  /** Once aborted, the evaluation stops after the present batch of images and throws `INTERRUPTED`. */
  readonly signal?: AbortSignal;
}

export interface Evaluation {
  /** One for each metric that was computed. */
  readonly entries: readonly MetricEntry[];
  /** Metrics that nobody asked for by name and that cannot be computed here. */
  readonly leftOut: readonly { readonly metric: string; readonly reason: string }[];
  /** Metrics that failed: `METRIC_INPUT` where images or codes do not allow them, `METRIC_FAILED` where the plugin is at fault. */
  readonly failures: readonly { readonly metric: string; readonly error: IdganError }[];
  /** By falling KL. */
  readonly latents: readonly Latent[];
  readonly pictures: readonly string[];
  /** The run's `metrics.json`. */
  readonly file: string;
}

/**
 * Measures the encoder and the generator of a run, and writes the scores into its `metrics.json`, each as soon as it is there, and pictures into its images.
 * A metric that fails is listed in `failures`, and the others go on; throws `METRIC_INPUT` where the images or the runs allow none of them.
 */
export async function evaluate(request: EvaluationRequest): Promise<Evaluation> {
  const { run, beside = [], of = "encoder", cwd = process.cwd(), seed = 0, engine, reporter = silentEvaluationReporter, signal = new AbortController().signal } = request;
  if (!Number.isSafeInteger(seed) || seed < 0) throw new IdganError("USAGE", `The seed ${seed} is none: give an integer of at least 0.`);
  const directory = await openRunDirectory(run);
  const settings = partSettings(request.set ?? []);
  const resolved = await resolveRun({ config: directory.config, set: settings.run, cwd, ...(engine === undefined ? {} : { engine }) });
  const shelf = await findMetrics([resolved.config.folder, cwd], request.plugins);
  const chosen = chooseMetrics(shelf, request.metrics);
  const options = metricOptions(chosen, shelf.metrics, settings.metrics, cwd);
  for (const problem of shelf.problems) reporter.message("warning", problem);
  const otherImages = settings.run.some((setting) => setting.startsWith("data."));
  const bench = await openBench({ directory, resolved, beside, otherImages, cwd, reporter, signal });
  try {
    const unmet = new Map(chosen.flatMap((shelved) => unmetNeed(shelved, options.get(shelved) ?? {}, bench, of, trainOn(run, resolved.config))));
    const asked = chosen.filter((shelved) => !unmet.has(shelved)).map((shelved): Asked => ({ shelved, options: options.get(shelved) ?? {} }));
    const missed = [...unmet].map(([{ fullName }, reason]) => ({ metric: fullName, reason }));
    if (asked.length === 0) throw new IdganError("METRIC_INPUT", missed.map(({ metric, reason }) => `${metric}: ${reason}`).join("\n"));
    const done = await measureAll(asked, bench, seed, { of, images: directory.images, file: directory.metrics, use: resolved.config.vae.use, reporter, signal });
    const { latents, path } = await drawLatents(directory.images, bench.candidate.subject);
    const byName = request.metrics !== undefined;
    const refused = byName ? missed.map(({ metric, reason }) => ({ metric, error: new IdganError("METRIC_INPUT", `${metric}: ${reason}`) })) : [];
    return { entries: done.entries, failures: [...refused, ...done.failures], leftOut: byName ? [] : missed, latents, pictures: [path, ...done.pictures], file: directory.metrics };
  } finally {
    await bench.close();
  }
}

/** What a metric needs and does not find here. */
function unmetNeed(shelved: ShelvedMetric, options: JsonObject, { dataset, candidate, others }: Bench, of: CodesOf, onward: string): readonly (readonly [ShelvedMetric, string])[] {
  const { metric } = shelved;
  const needs = needsOf(metric);
  if (needs.includes("factors") && !hasFactors(dataset)) return [[shelved, `It needs images with known factors, and ${dataset.name} has none. Choose other data with --set data.use=..., or metrics that need none.`]];
  if (of !== "encoder" && needs.includes("generator")) return [[shelved, `It is of the generator itself, and of no codes that --of ${of} would change. Measure it without --of.`]];
  if (of === "generator" && !candidate.subject.hasGenerator) return [[shelved, `It was asked for of the generator, and stage 2 of ${candidate.run} has written none. ${onward}, or measure without --of.`]];
  if (needs.includes("generator") && !candidate.subject.hasGenerator) return [[shelved, `It needs a generator, and stage 2 of ${candidate.run} has written none. ${onward}, or choose metrics of the encoder.`]];
  if (needs.includes("runs")) {
    if (others.length === 0) return [[shelved, "It compares runs, and no other was given. Name some with --beside."]];
    const all = [candidate, ...others];
    const twin = all.findIndex(({ record }, place) => all.findIndex((other) => other.record.hash === record.hash) < place);
    if (twin >= 0) return [[shelved, `${all[twin]?.run} has the same encoder as a run before it, which a comparison of encoders would count twice. Name runs of other seeds with --beside.`]];
  }
  const lack = attributed(`${shelved.fullName} of ${shelved.plugin.name}`, "METRIC_FAILED", () => metric.lacks?.(structuredClone(options)));
  return lack === undefined ? [] : [[shelved, lack]];
}
