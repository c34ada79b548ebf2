import { createEagerEngine, IdganError, type Engine, type EnginePlugin, type Step } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import assert from "node:assert/strict";
import { createCheck, type Check } from "./check.js";
import { createGanSubject } from "./gan-subject.js";
import { kindChecks } from "./option-checks.js";
import { convolutionalGan, convolutionalVae } from "./reference/convolutional-pair.js";
import { referenceGan } from "./reference/reference-gan.js";
import { referenceVae } from "./reference/reference-vae.js";
import { completeSample, optionsOf, type Sample } from "./sample.js";
import { readAll, repeat, runStep } from "./sample-engine.js";
import { adam, allWeights, ratesOf, type BuildSubject } from "./subject.js";
import { assertSame, mapOf } from "./values.js";
import { createVaeSubject } from "./vae-subject.js";

/** Updates over which an engine must agree with the eager one. */
const comparedUpdates = 5;
/** Largest relative difference of a loss, and of a weight tensor in the Euclidean norm. */
const parity = 1e-4;

/** What an engine plugin promises to the stages. */
export function engineChecks(plugin: EnginePlugin, partial: Partial<Sample> = {}): readonly Check[] {
  const sample = completeSample(partial);
  const create = () => plugin.create(optionsOf(plugin, sample));
  const run = (title: string, body: (engine: Engine) => Promise<void>) =>
    createCheck(title, async () => {
      const engine = await create();
      try {
        await body(engine);
      } finally {
        await engine.dispose();
      }
    });
  return kindChecks("engine", plugin, sample, () => [
    createCheck("says what it is, and whether it can run here", async () => {
      const { available, lines } = await plugin.probe(optionsOf(plugin, sample));
      assert.equal(available, true, `probe() says that the engine cannot run here: ${lines.join(" ")}`);
      assert.ok(lines.length > 0 && lines.every((line) => line.trim() !== "" && !line.includes("\n")), "probe() must return lines, each of one line.");
      const engine = await create();
      assert.ok(engine.name !== "" && engine.description !== "" && !engine.description.includes("\n"), "name and description must be one line each.");
      assert.equal(typeof engine.fetchesFreely, "boolean", "fetchesFreely must be said.");
      await engine.dispose();
    }),
    run("computes a step's outputs from its inputs, in arrays of the caller's own", async (engine) => {
      const compiled = await engine.compile(affine());
      const first = await compiled.run({ x: Float32Array.of(1, 2, 3, 4, 5, 6), offset: Float32Array.of(1) });
      const second = await compiled.run({ x: Float32Array.of(0, 0, 0, 0, 0, 1), offset: Float32Array.of(-1) });
      assert.deepEqual([...first.y], [3, 5, 7, 9, 11, 13], "2 x + offset, of the first call, after the second.");
      assert.deepEqual([...second.y], [-1, -1, -1, -1, -1, 1], "2 x + offset, of the second call.");
      second.y.fill(7);
      const third = await compiled.run({ x: new Float32Array(6), offset: Float32Array.of(0) });
      assert.deepEqual([...third.y], [0, 0, 0, 0, 0, 0], "2 x + offset, after an output was written to.");
      await compiled.dispose();
    }),
    run("takes inputs without elements, such as an s of no dimensions", async (engine) => {
      const step: Step<"s" | "c", "z"> = {
        name: "testkit-empty",
        inputs: { s: [2, 0], c: [2, 2] },
        run: ({ c }) => ({ z: tf.mul(c, 3) }),
      };
      const [outputs] = await runStep(engine, step, { s: new Float32Array(), c: Float32Array.of(1, 2, 3, 4) });
      assert.deepEqual([...(outputs?.["z"] ?? [])], [3, 6, 9, 12]);
    }),
    run("refuses a feed of the wrong length, and one that is missing, by its name and with a code", async (engine) => {
      const compiled = await engine.compile<string, string>(affine());
      for (const feeds of [{ x: new Float32Array(5), offset: new Float32Array(1) }, { offset: new Float32Array(1) }] as Record<string, Float32Array>[]) {
        const named = (error: unknown): boolean => error instanceof IdganError && /\bx\b/.test(error.message);
        await assert.rejects(compiled.run(feeds), named, "It must be an IdganError that names the input x.");
      }
      await compiled.dispose();
    }),
    run("passes a step's own error on, and works after it", async (engine) => {
      const faulty: Step = {
        name: "testkit-faulty",
        inputs: {},
        run() {
          throw new RangeError("testkit asked for this");
        },
      };
      await assert.rejects(runStep(engine, faulty, {}), /testkit asked for this/, "The step's error must come through.");
      const [outputs] = await runStep(engine, affine(), { x: new Float32Array(6), offset: Float32Array.of(2) });
      assert.deepEqual([...(outputs?.["y"] ?? [])], [2, 2, 2, 2, 2, 2]);
    }),
    run("shares variables between its steps, and reads and writes them as copies", async (engine) => {
      const total = counter(1);
      const [add, double] = [await engine.compile(adding(total)), await engine.compile(doubling(total))];
      await add.run({ x: Float32Array.of(2) });
      const { value } = await double.run({});
      assert.deepEqual([...value], [6], "1 + 2, doubled by another step.");
      const copy = await engine.read(total);
      assert.deepEqual([...copy], [6], "read() after two steps.");
      copy.fill(0);
      const mine = Float32Array.of(10);
      await engine.write(total, mine);
      mine.fill(0);
      const { value: next } = await add.run({ x: Float32Array.of(1) });
      assert.deepEqual([...next], [11], "10, written, + 1.");
      assert.deepEqual([...(await engine.read(total))], [11], "read() after write() and a step.");
      await Promise.all([add.dispose(), double.dispose()]);
      const [late] = await runStep(engine, doubling(total), {});
      assert.deepEqual([...(late?.["value"] ?? [])], [22], "A step compiled later must see what earlier steps assigned.");
    }),
    run("runs a step without fetching its outputs", async (engine) => {
      const total = counter(1);
      const compiled = await engine.compile(adding(total));
      const outputs = await compiled.run({ x: Float32Array.of(2) }, false);
      assert.deepEqual(Object.keys(outputs), [], "With fetch false, run() returned outputs.");
      assert.deepEqual([...(await engine.read(total))], [3], "With fetch false, the variable did not change.");
      await compiled.dispose();
    }),
    run("leaves no tensor behind", async (engine) => {
      const subject = createVaeSubject(referenceVae, tiny(sample));
      const compiled = await engine.compile(subject.update(adam));
      const feeds = subject.feeds(ratesOf(subject, sample.learningRate));
      await compiled.run(feeds);
      const before = tf.memory().numTensors;
      await repeat(compiled, feeds, 3);
      for (const [, variable] of allWeights(subject)) await engine.read(variable);
      assert.equal(tf.memory().numTensors - before, 0, "Tensors that 3 updates and reading their weights left behind.");
      await compiled.dispose();
    }),
    run("may be disposed twice, and so may its steps", async (engine) => {
      const compiled = await engine.compile(affine());
      await compiled.dispose();
      await compiled.dispose();
      await engine.dispose();
      await engine.dispose();
    }),
    createCheck("gives the same bytes for the same updates", async () => {
      const results = [];
      for (let i = 0; i < 2; i += 1) results.push(await train(await create(), (seed) => createVaeSubject(convolutionalVae, tiny(sample), seed), sample, 3));
      assertSame(mapOf(results[1]?.outputs.at(-1) ?? {}), mapOf(results[0]?.outputs.at(-1) ?? {}), "Losses of the same three updates");
      assertSame(results[1]?.weights ?? new Map(), results[0]?.weights ?? new Map(), "Weights after the same three updates");
    }),
    createCheck(`agrees with the eager engine over ${comparedUpdates} updates of a VAE, with an adversary and with convolutions`, async () => {
      for (const vae of [referenceVae, convolutionalVae]) await assertParity(create, (seed) => createVaeSubject(vae, tiny(sample), seed), sample);
    }),
    createCheck(`agrees with the eager engine over ${comparedUpdates} updates of a GAN with R1, dense and with convolutions`, async () => {
      for (const gan of [referenceGan, convolutionalGan]) {
        await assertParity(create, (seed) => createGanSubject(gan, tiny(sample), seed, { r1Weight: 10 }), sample);
      }
    }),
  ]);
}

/** The sample without the engine's own options, which are no backbone's. */
function tiny(sample: Sample): Sample {
  return { ...sample, options: {} };
}

interface Trained {
  readonly outputs: readonly Readonly<Record<string, Float32Array>>[];
  readonly weights: ReadonlyMap<string, Float32Array>;
}

/** Trains a new build on a new engine, which it disposes. */
async function train(engine: Engine, build: BuildSubject, sample: Sample, updates: number): Promise<Trained> {
  try {
    const subject = build(sample.seed);
    const outputs = await runStep(engine, subject.update(adam), subject.feeds(ratesOf(subject, sample.learningRate)), updates);
    return { outputs, weights: await readAll(engine, allWeights(subject)) };
  } finally {
    await engine.dispose();
  }
}

async function assertParity(create: () => Promise<Engine>, build: BuildSubject, sample: Sample): Promise<void> {
  const expected = await train(createEagerEngine(), build, sample, comparedUpdates);
  const actual = await train(await create(), build, sample, comparedUpdates);
  for (const [i, outputs] of expected.outputs.entries()) {
    for (const [name, [value = Number.NaN]] of Object.entries(outputs)) {
      const [found = Number.NaN] = actual.outputs[i]?.[name] ?? [];
      assert.ok(Math.abs(found - value) <= parity * Math.max(Math.abs(value), parity), `"${name}" in update ${i + 1} is ${found}; eager, ${value}.`);
    }
  }
  for (const [name, values] of expected.weights) {
    const found = actual.weights.get(name) ?? new Float32Array(values.length);
    const error = norm(values.map((value, i) => (found[i] ?? Number.NaN) - value)) / (norm(values) || 1);
    assert.ok(error <= parity, `The weight "${name}" differs by ${error} of its norm from eager's after ${comparedUpdates} updates (tolerance ${parity}).`);
  }
}

function norm(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}

function counter(start: number): tf.Variable {
  return tf.tidy(() => tf.variable(tf.scalar(start)));
}

function affine(): Step<"x" | "offset", "y"> {
  return { name: "testkit-affine", inputs: { x: [2, 3], offset: [] }, run: ({ x, offset }) => ({ y: tf.add(tf.mul(x, 2), offset) }) };
}

function adding(total: tf.Variable): Step<"x", "value"> {
  return {
    name: "testkit-adding",
    inputs: { x: [] },
    run({ x }) {
      total.assign(tf.add(total, x));
      return { value: tf.clone(total) };
    },
  };
}

function doubling(total: tf.Variable): Step<never, "value"> {
  return {
    name: "testkit-doubling",
    inputs: {},
    run() {
      total.assign(tf.mul(total, 2));
      return { value: tf.clone(total) };
    },
  };
}
