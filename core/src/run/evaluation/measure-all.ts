import { coreVersion } from "../../config/core-version.js";
import type { JsonObject } from "../../config/json.js";
import type { ShelvedMetric } from "../../config/metric-shelf.js";
import { IdganError, messageOf } from "../../contract/error.js";
import { needsOf, type Measurement } from "../../contract/metric.js";
import { attributed } from "../../trace/attributed.js";
import type { Subject } from "../../contract/subject.js";
import type { Bench, Candidate } from "./bench.js";
import { checkScore } from "./check-score.js";
import { drawMatrices } from "./evaluation-pictures.js";
import type { EvaluationReporter } from "./evaluation-reporter.js";
import { addEntries, type MetricEntry } from "./metrics-file.js";
import { PaintedSubject, type CodesOf } from "./painted-subject.js";
import { expectGoingOn, track } from "./track.js";

/** A metric, and the options that it was asked for with. */
export interface Asked {
  readonly shelved: ShelvedMetric;
  readonly options: JsonObject;
}

/** Where a run keeps its scores, whose images its codes are read in, and who is told of them. */
interface Place {
  readonly of: CodesOf;
  readonly images: string;
  readonly file: string;
  /** The VAE's plugin. */
  readonly use: string;
  readonly reporter: EvaluationReporter;
  readonly signal: AbortSignal;
}

interface Measured {
  readonly entries: readonly MetricEntry[];
  readonly failures: readonly { readonly metric: string; readonly error: IdganError }[];
  readonly pictures: readonly string[];
}

/** What would hit every other metric as well. */
const endings: ReadonlySet<string> = new Set(["INTERRUPTED", "RUN_WRITE", "ENGINE_UNAVAILABLE", "ENGINE_KERNEL", "STEP_INVALID"]);

/** Measures one after the other, and writes each score as soon as it is there. A metric that fails is listed, and the others go on. */
export async function measureAll(asked: readonly Asked[], bench: Bench, seed: number, { of, images, file, use, reporter, signal }: Place): Promise<Measured> {
  const entries: MetricEntry[] = [];
  const failures: { metric: string; error: IdganError }[] = [];
  const pictures: string[] = [];
  const place = { reporter, signal };
  const viewOf = ({ subject }: Candidate): View => (of === "encoder" ? subject : new PaintedSubject(subject, of, seed, place));
  const views: Views = { of, subject: viewOf(bench.candidate), others: bench.others.map(viewOf) };
  for (const [index, each] of asked.entries()) {
    const metric = each.shelved.fullName;
    expectGoingOn(signal);
    reporter.measuring(metric, index, asked.length);
    try {
      const entry = await measure(each, bench, views, seed, { use, reporter, signal });
      pictures.push(...(await drawMatrices(images, entry)));
      await addEntries(file, [entry], (text) => reporter.message("warning", text));
      entries.push(entry);
      reporter.measured(metric, entry.value, entry.seconds);
    } catch (error) {
      expectGoingOn(signal);
      if (!(error instanceof IdganError) || endings.has(error.code)) throw error;
      const own = ["METRIC_INPUT", "METRIC_FAILED"].includes(error.code);
      failures.push({ metric, error: own ? error : new IdganError("METRIC_FAILED", `${metric}: ${error.message}`, error) });
    }
  }
  return { entries, failures, pictures };
}

type View = Subject & { readonly encodingSeconds: number };

/** Subjects as the metrics see them. */
interface Views {
  readonly of: CodesOf;
  readonly subject: View;
  readonly others: readonly View[];
}

async function measure({ shelved, options }: Asked, bench: Bench, views: Views, seed: number, { use, reporter, signal }: Pick<Place, "use" | "reporter" | "signal">): Promise<MetricEntry> {
  const { fullName, metric, plugin } = shelved;
  const { dataset, candidate, others } = bench;
  const { subject, record, lossConvention } = candidate;
  const encoding = () => [views.subject, ...views.others].reduce((sum, each) => sum + each.encodingSeconds, 0);
  const measurement = measurementOf(bench, views, seed, { reporter, signal });
  const origin = `${fullName} of ${plugin.name}`;
  const [start, encodedBefore] = [performance.now(), encoding()];
  // An option is what its format took, which nothing may change: the same values are written down.
  const given: unknown = await attributed(origin, "METRIC_FAILED", async () => metric.measure(measurement, structuredClone(options))).catch((error: unknown) => {
    throw named(error, fullName);
  });
  const seconds = (performance.now() - start) / 1000 - (encoding() - encodedBefore);
  const { value, parts, label, matrices, notes } = checkScore(given, origin);
  const needs = needsOf(metric);
  const ofGenerator = needs.includes("generator") || views.of === "generator";
  return {
    metric: fullName,
    ...(views.of === "encoder" ? {} : { of: views.of }),
    ...(label === undefined ? {} : { label }),
    value,
    higherIsBetter: metric.higherIsBetter,
    parts,
    ...(matrices === undefined ? {} : { matrices }),
    notes: notes ?? [],
    options,
    seed,
    dataset: { name: dataset.name, fingerprint: dataset.fingerprint, size: dataset.size, notes: dataset.notes ?? [] },
    encoder: record,
    ...(ofGenerator ? { generator: (await subject.openedGenerator()).record } : {}),
    vae: { use, ...(lossConvention === undefined ? {} : { lossConvention }) },
    ...(needs.includes("runs") ? { beside: others.map((other) => ({ run: other.run, encoder: other.record })) } : {}),
    seconds: Math.round(1000 * Math.max(0, seconds)) / 1000,
    core: coreVersion,
    plugin,
    time: new Date().toISOString(),
  };
}

function measurementOf({ engine }: Bench, { subject, others }: Views, seed: number, place: Pick<Place, "reporter" | "signal">): Measurement {
  return {
    name: subject.name,
    dataset: subject.dataset,
    latentDim: subject.latentDim,
    hasGenerator: subject.hasGenerator,
    encode: subject.encode.bind(subject),
    encodeImages: subject.encodeImages.bind(subject),
    decode: subject.decode.bind(subject),
    drawCodes: subject.drawCodes.bind(subject),
    openGenerator: subject.openGenerator.bind(subject),
    remember: subject.remember.bind(subject),
    seed,
    others,
    engine,
    track: (what, count, work) => track(what, count, place, work),
  };
}

/** A message about input names the metric, which knows its own name less well than we do. */
function named(error: unknown, fullName: string): unknown {
  if (!(error instanceof IdganError) || error.code !== "METRIC_INPUT" || error.message.includes(fullName)) return error;
  return new IdganError("METRIC_INPUT", `${fullName}: ${messageOf(error)}`, error);
}
