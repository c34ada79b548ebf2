import { traceStep, type CompiledStep, type GraphVariable, type LossTerm, type Step } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import assert from "node:assert/strict";
import { createCheck, registeredVariables, type Check } from "./check.js";
import { reservedNames } from "./observed-terms.js";
import type { Sample } from "./sample.js";
import { forward, readAll, repeat, runStep, withEngine } from "./sample-engine.js";
import { adam, allWeights, createRecorder, ratesOf, type BuildSubject } from "./subject.js";
import { rememberSurroundings } from "./surroundings.js";
import { allFinite, assertSame, largest, mapOf, sameBytes } from "./values.js";

/** Updates in which a loss must fall, on the same few images and the same noise. */
const fallingUpdates = 20;
/** So many updates with a lower total, one after the other, are a fall. */
const lowerInARow = 5;

/** What every backbone promises, whatever its kind. */
export function backboneChecks(build: BuildSubject, sample: Sample): readonly Check[] {
  return [
    createCheck("builds the same weights twice from one seed", () =>
      withEngine(sample, async (engine) => {
        const [first, second] = [build(sample.seed), build(sample.seed)];
        assertSame(await readAll(engine, allWeights(second)), await readAll(engine, allWeights(first)), "Built twice from one seed");
        assertSame(mapOf(await forward(engine, second)), mapOf(await forward(engine, first)), "Built twice from one seed, and run on the same input");
      }),
    ),
    createCheck("builds other weights from another seed", () =>
      withEngine(sample, async (engine) => {
        const [first, second] = [build(sample.seed), build(sample.seed + 1)];
        for (const [i, { name, weights }] of first.networks.entries()) {
          const mine = await readAll(engine, Object.entries(weights));
          const theirs = await readAll(engine, Object.entries(second.networks[i]?.weights ?? {}));
          const differ = [...mine].some(([weight, values]) => !sameBytes(values, theirs.get(weight) ?? values));
          assert.ok(differ, `Every weight of the ${name} is the same for two seeds; draw them with context.init.`);
        }
      }),
    ),
    createCheck("gives every declared weight a finite gradient other than zero", () =>
      withEngine(sample, async (engine) => {
        const subject = build(sample.seed);
        const recorder = createRecorder();
        await runStep(engine, subject.update(recorder.optimize), subject.feeds(ratesOf(subject, 0)));
        for (const network of subject.networks) {
          for (const [weight, gradient] of Object.entries(recorder.gradientsOf(network))) {
            const values = await engine.read(gradient);
            assert.ok(allFinite(values), `The gradient of "${weight}" (${network.name}) is not finite.`);
            assert.ok(largest(values) > 0, `The gradient of "${weight}" (${network.name}) is zero: it never trains.`);
          }
        }
      }),
    ),
    createCheck("declares every trainable weight", () => {
      const before = registeredVariables();
      const subject = build(sample.seed);
      const recorder = createRecorder();
      const step = subject.update(recorder.optimize);
      const declared = new Set(allWeights(subject).map(([, variable]) => variable));
      const made = [...registeredVariables()].filter(([name]) => !before.has(name)).map(([, variable]) => variable);
      const read = variablesOf(step).filter((used) => used.before !== undefined).map(({ variable }) => variable);
      const undeclared = [...new Set([...made, ...read])].filter((variable) => variable.trainable && !declared.has(variable));
      const list = undeclared.map(({ shape }) => `[${shape.join(", ")}]`).join(" and ");
      assert.equal(undeclared.length, 0, `${undeclared.length} trainable variables are in no weights, so nothing trains or saves them: of shape ${list}.`);
    }),
    createCheck("returns terms with names of their own and values that are finite scalars", () =>
      withEngine(sample, async (engine) => {
        const subject = build(sample.seed);
        const seen = new Map<string, readonly LossTerm[]>();
        const step = subject.update(createRecorder().optimize, (loss, terms) => {
          seen.set(loss, terms);
          assertTerms(loss, terms);
        });
        const [outputs = {}] = await runStep(engine, step, subject.feeds(ratesOf(subject, 0)));
        assert.ok(seen.size >= subject.networks.length, `Only ${[...seen.keys()].join(", ")} returned terms.`);
        for (const [name, values] of Object.entries(outputs)) {
          assert.equal(values.length, 1, `The term "${name}" has ${values.length} values.`);
          assert.ok(allFinite(values), `The term "${name}" is ${values[0]}.`);
        }
      }),
    ),
    createCheck(`lowers each loss within ${fallingUpdates} updates on ${sample.batch} images`, () =>
      withEngine(sample, async (engine) => {
        const subject = build(sample.seed);
        const compiled = await engine.compile(subject.update(adam));
        for (const network of subject.networks) {
          const totals = await descend(compiled, subject.feeds(ratesOf(subject, sample.learningRate, network)), network.total);
          assert.ok(hasFallen(totals), `The ${network.name}'s total did not fall in ${totals.length - 1} updates of its own: from ${totals[0]} to ${totals.at(-1)}.`);
        }
        await compiled.dispose();
      }),
    ),
    createCheck("leaves no tensor behind an update", () =>
      withEngine(sample, async (engine) => {
        const subject = build(sample.seed);
        const compiled = await engine.compile(subject.update(adam));
        const feeds = subject.feeds(ratesOf(subject, sample.learningRate));
        await compiled.run(feeds);
        const before = tf.memory().numTensors;
        await repeat(compiled, feeds, 3);
        assert.equal(tf.memory().numTensors - before, 0, "Tensors that 3 updates left behind; dispose them, or do not keep them.");
        await compiled.dispose();
      }),
    ),
    createCheck("does the same with its weights loaded into another build", () =>
      withEngine(sample, async (engine) => {
        const [trained, loaded] = [build(sample.seed), build(sample.seed + 1)];
        await runStep(engine, trained.update(adam), trained.feeds(ratesOf(trained, sample.learningRate)), 2);
        const saved = await readAll(engine, allWeights(trained));
        for (const [name, variable] of allWeights(loaded)) {
          assert.match(name.split(": ")[1] ?? "", /^[\w.-]+(\/[\w.-]+)*$/, `"${name}" is no name for a checkpoint, such as "conv1/kernel".`);
          const values = saved.get(name);
          assert.equal(values?.length, variable.size, `The weight "${name}" has another shape in another build.`);
          if (values) await engine.write(variable, values);
        }
        const outputsOf = async (subject: typeof trained) => ({
          ...(await forward(engine, subject)),
          ...(await runStep(engine, subject.update(createRecorder().optimize), subject.feeds(ratesOf(subject, 0))))[0],
        });
        assertSame(mapOf(await outputsOf(loaded)), mapOf(await outputsOf(trained)), "With the same weights, another build computes something else");
      }),
    ),
    createCheck("changes nothing global", () =>
      withEngine(sample, async (engine) => {
        const surroundings = rememberSurroundings();
        try {
          const subject = build(sample.seed);
          await runStep(engine, subject.update(adam), subject.feeds(ratesOf(subject, sample.learningRate)));
          surroundings.assertSame();
        } finally {
          surroundings.restore();
        }
      }),
    ),
    createCheck("can be traced: it reads no tensor, draws no random number and captures no large constant", () => {
      const subject = build(sample.seed);
      const { outputs } = traceStep(subject.update(adam));
      assert.ok(subject.networks.every(({ total }) => total in outputs), "The traced update lacks a total.");
    }),
  ];
}

/** Totals of updates, the first before any; it ends as soon as they have fallen. */
async function descend(compiled: CompiledStep, feeds: Readonly<Record<string, Float32Array>>, total: string): Promise<readonly number[]> {
  const totals: number[] = [];
  while (totals.length <= fallingUpdates && !hasFallen(totals)) totals.push((await compiled.run(feeds))[total]?.[0] ?? Number.NaN);
  return totals;
}

function hasFallen(totals: readonly number[]): boolean {
  const [first = Number.NaN] = totals;
  return totals.length > lowerInARow && totals.slice(-lowerInARow).every((total) => total < first);
}

/** What the step reads and assigns; nothing where it cannot be traced, which is for the last check to say. */
function variablesOf(step: Step): readonly GraphVariable[] {
  try {
    return traceStep(step).variables;
  } catch {
    return [];
  }
}

function assertTerms(loss: string, terms: readonly LossTerm[]): void {
  assert.ok(terms.some(({ minimise, weight }) => minimise !== false && weight !== 0), `The ${loss}'s loss minimises nothing.`);
  const names = new Set<string>();
  for (const { name, value, weight } of terms) {
    assert.ok(!names.has(name), `Two terms of the ${loss}'s loss are named "${name}".`);
    assert.ok(!reservedNames.has(name), `A term of the ${loss}'s loss is named "${name}", as one of core's.`);
    assert.match(name, /^\S+$/, `"${name}" is no name for a term.`);
    assert.equal(value.rank, 0, `The term "${name}" has the shape [${value.shape.join(", ")}].`);
    if (typeof weight === "number") assert.ok(Number.isFinite(weight), `The term "${name}" is weighted by ${weight}.`);
    else assert.equal(weight.rank, 0, `The weight of the term "${name}" has the shape [${weight.shape.join(", ")}].`);
    names.add(name);
  }
}
