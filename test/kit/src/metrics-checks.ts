import { createEagerEngine, IdganError, needsOf, type Engine, type Measurement, type Metric, type MetricsPlugin, type Option, type Score } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import assert from "node:assert/strict";
import { createCheck, type Check } from "./check.js";
import { conditions, createMetricsSubject, type Condition, type SubjectRequest, type WatchedSubject } from "./metrics-subject.js";
import { assertOptionsDocumented, kindChecks, refusal } from "./option-checks.js";
import { completeSample, optionsOf } from "./sample.js";
import { sameBytes } from "./values.js";

/** How small a measurement the checks make. */
export interface MetricsSample {
  /** Options of the plugin. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Options of metrics by full or bare name, over their defaults: fewer samples, so that a check takes no minutes. */
  readonly sizes: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly seed: number;
  /** For networks of the metrics' own. Default: the eager engine on tfjs's CPU backend. */
  readonly engine?: () => Promise<Engine>;
}

/** What a plugin of metrics promises to `idgan evaluate`: its own checks, and those of each of its metrics. */
export function metricsChecks(plugin: MetricsPlugin, partial: Partial<MetricsSample> = {}): readonly Check[] {
  const sample: MetricsSample = { options: {}, sizes: {}, seed: 1, ...partial };
  const whole = completeSample({ options: sample.options });
  return kindChecks("metrics", plugin, whole, () => {
    const metrics = plugin.metrics(optionsOf(plugin, whole));
    return [
      createCheck("brings metrics with names, protocols and sentences of their own", () => assertNamed(metrics, sample)),
      ...metrics.flatMap((metric) => checksOf(metric, sample)),
    ];
  });
}

function checksOf(metric: Metric, sample: MetricsSample): readonly Check[] {
  const full = fullNameOf(metric);
  const { seed } = sample;
  const check = (title: string, body: () => Promise<void> | void) => createCheck(`${full} ${title}`, body);
  const measured = (request: SubjectRequest) => measure(metric, sample, request);
  const documented = check("documents its options, and takes its own defaults", () => {
    const options = Object.entries<Option<unknown>>(metric.options);
    assertOptionsDocumented(options);
    for (const [name, option] of options) {
      for (const foreign of [Number.NaN, Symbol("foreign")]) assert.notEqual(refusal(option, foreign), undefined, `The option "${name}" takes ${String(foreign)}; it expects ${option.format.expected}.`);
    }
    for (const [name, value] of Object.entries(optionsFor(metric, sample))) {
      const option = options.find(([declared]) => declared === name)?.[1];
      assert.ok(option, `sizes sets "${name}", which ${full} does not declare.`);
      assert.equal(refusal(option, value), undefined, `The option "${name}" refuses ${JSON.stringify(value)}.`);
    }
  });
  // Without weights that are no part of the plugin there is nothing to measure, and that is to be said.
  const lack = metric.lacks?.(optionsFor(metric, sample));
  if (lack !== undefined) {
    return [
      documented,
      check("says what it lacks, and refuses to do without as METRIC_INPUT", async () => {
        assert.match(lack, /^\S.*\s.*[.!]$/s, `What it lacks is no sentence: ${JSON.stringify(lack)}.`);
        await assertRefuses(metric, sample, { seed });
      }),
    ];
  }
  return [
    documented,
    check("gives the same score for the same seed", async () => {
      const [first, second] = [(await measured({ seed })).score, (await measured({ seed })).score];
      assert.deepEqual(second, first, "Measured twice, the scores differ: draw with createStream(seed, name) alone.");
    }),
    check("leaves the codes that it was given as they are", async () => {
      const { subjects } = await measured({ seed });
      for (const { given, copy } of subjects.flatMap(({ handedOut }) => handedOut)) {
        assert.ok(sameBytes(given.mean, copy.mean) && sameBytes(given.logVar, copy.logVar), "It wrote into arrays that encode returned.");
      }
    }),
    check("gives matrices whose values fit their rows and columns", async () => {
      const { matrices = [] } = (await measured({ seed })).score;
      for (const { title, rows, columns, values } of matrices) {
        assert.match(title, /\S/, "A matrix has no title.");
        assert.deepEqual(values.map((row) => row.length), rows.map(() => columns.length), `The values of "${title}" are not ${rows.length} rows of ${columns.length}.`);
      }
      assert.equal(new Set(matrices.map(({ title }) => title)).size, matrices.length, "Two matrices have one title.");
    }),
    ...conditions.filter((condition) => condition !== "a factor of a single value" || needsOf(metric).includes("factors")).map((condition) => check(`gives a finite score on ${condition}${condition === "normal codes" ? "" : ", or refuses it as METRIC_INPUT"}`, () => assertFinite(metric, sample, condition))),
    ...refusals(metric, sample).map(({ title, request, alone }) =>
      check(title, () => assertRefuses(metric, sample, request, alone)),
    ),
  ];
}

async function assertRefuses(metric: Metric, sample: MetricsSample, request: SubjectRequest, alone = false): Promise<void> {
  const outcome = await measure(metric, sample, request, alone).then(() => undefined, (error: unknown) => error);
  assert.ok(outcome instanceof IdganError && outcome.code === "METRIC_INPUT", `It ${outcome === undefined ? "gave a score" : `threw ${String(outcome)}`}; throw an IdganError METRIC_INPUT that says what is missing.`);
}

async function assertFinite(metric: Metric, sample: MetricsSample, condition: Condition): Promise<void> {
  let score: Score;
  try {
    ({ score } = await measure(metric, sample, { seed: sample.seed, condition }));
  } catch (error) {
    if (condition !== "normal codes" && error instanceof IdganError && error.code === "METRIC_INPUT") return;
    throw error;
  }
  assert.ok(Number.isFinite(score.value), `The score is ${score.value}.`);
  for (const [name, part] of Object.entries(score.parts)) {
    assert.ok([part].flat().every((number) => Number.isFinite(number)), `The part "${name}" is ${JSON.stringify(part)}.`);
  }
  for (const { title, values } of score.matrices ?? []) assert.ok(values.flat().every((number) => Number.isFinite(number)), `The matrix "${title}" holds a number that is not finite.`);
}

/** What a metric must refuse, by what it says that it needs. */
function refusals(metric: Metric, { seed }: MetricsSample): readonly { readonly title: string; readonly request: SubjectRequest; readonly alone?: boolean }[] {
  const needs = needsOf(metric);
  return [
    ...(needs.includes("factors") ? [{ title: "refuses images without factors as METRIC_INPUT", request: { seed, withoutFactors: true } }] : []),
    ...(needs.includes("generator") ? [{ title: "refuses a run without a generator as METRIC_INPUT", request: { seed, withoutGenerator: true } }] : []),
    ...(needs.includes("runs") ? [{ title: "refuses to compare a run with none as METRIC_INPUT", request: { seed }, alone: true }] : []),
  ];
}

async function measure(metric: Metric, sample: MetricsSample, request: SubjectRequest, alone = false): Promise<{ readonly score: Score; readonly subjects: readonly WatchedSubject[] }> {
  const [subject, ...others] = [0, 1, 2].map((encoder) => createMetricsSubject({ ...request, encoder })) as [WatchedSubject, ...WatchedSubject[]];
  if (!sample.engine) await tf.setBackend("cpu");
  const engine = sample.engine ? await sample.engine() : createEagerEngine();
  const measurement: Measurement = { ...subject, seed: sample.seed, others: alone ? [] : others, engine, track: (_what, _count, work) => work(() => undefined) };
  try {
    return { score: await metric.measure(measurement, optionsFor(metric, sample)), subjects: [subject, ...others] };
  } finally {
    await engine.dispose();
  }
}

function optionsFor(metric: Metric, { sizes }: MetricsSample): Record<string, unknown> {
  const defaults = Object.fromEntries(Object.entries<Option<unknown>>(metric.options).map(([name, option]) => [name, option.default]));
  return { ...defaults, ...sizes[metric.name], ...sizes[fullNameOf(metric)] };
}

function assertNamed(metrics: readonly Metric[], { sizes }: MetricsSample): void {
  assert.ok(metrics.length > 0, "The plugin brings no metric.");
  for (const { name, protocol, doc, needs, higherIsBetter } of metrics) {
    for (const part of [name, protocol]) assert.match(String(part), /^[A-Za-z][\w-]*$/, `"${name}@${protocol}" is no name and protocol of letters, digits, - and _, as in mig@locatello2019.`);
    assert.match(String(doc ?? ""), /\S\s\S.*[.)]$/s, `${name}@${protocol} has no doc that is a sentence: ${JSON.stringify(doc)}.`);
    const listed = needsOf({ needs });
    assert.ok(listed.length > 0 && listed.every((need) => ["factors", "images", "runs", "generator"].includes(need)), `${name}@${protocol} needs ${JSON.stringify(needs)}, which is none of factors, images, runs and generator, and no list of them.`);
    assert.ok([true, false, null].includes(higherIsBetter), `${name}@${protocol} does not say whether higher is better.`);
  }
  const names = metrics.map(fullNameOf);
  assert.equal(new Set(names).size, names.length, `Two metrics have one name and protocol: ${names.join(", ")}.`);
  const known = new Set([...names, ...metrics.map(({ name }) => name)]);
  assert.deepEqual(Object.keys(sizes).filter((name) => !known.has(name)), [], "sizes names metrics that the plugin does not bring.");
}

function fullNameOf({ name, protocol }: Metric): string {
  return `${name}@${protocol}`;
}
