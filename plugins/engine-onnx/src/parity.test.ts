import { createEagerEngine, traceStep, tracedKernels, withOrigin, type Engine, type Step } from "@idgan/core";
import type * as tf from "@tensorflow/tfjs";
import test from "ava";
import { createOnnxEngine } from "./engine.js";
import { planOf } from "./lowering/lowerer.js";
import { lowerings } from "./lowering/table.js";
import { imageCases } from "./parity-cases-image.js";
import { shapeCases } from "./parity-cases-shape.js";
import { elementwiseCases, reductionCases, type Case } from "./parity-cases.js";

/** Largest difference allowed, as a share of the largest value of the output. */
const tolerance = 1e-5;
/** Cases to a session. */
const chunk = 40;

/** Seeded numbers in [0, 1): a linear congruential generator. */
function createNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Many cases as one step, so that few sessions are opened; an error names the case as its origin. */
function stepOf(cases: readonly Case[]): Step {
  return {
    name: "cases",
    inputs: Object.fromEntries(cases.flatMap(({ title, shapes }) => shapes.map((shape, i) => [`${title}, x${i}`, shape]))),
    run: (inputs) => Object.fromEntries(cases.flatMap(({ title, shapes, run }) => withOrigin(title, () => {
      const result = run(...shapes.flatMap((_, i) => inputs[`${title}, x${i}`] ?? []));
      return (Array.isArray(result) ? result : [result as tf.Tensor]).map((output: tf.Tensor, i) => [`${title}, y${i}`, output]);
    }))),
  };
}

function feedsOf(cases: readonly Case[]): Record<string, Float32Array> {
  return Object.fromEntries(cases.flatMap(({ title, shapes, range: [low, high] = [-2, 2] }) => {
    const next = createNumbers(7);
    const fill = (shape: readonly number[]): Float32Array => Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => low + (high - low) * next());
    return shapes.map((shape, i) => [`${title}, x${i}`, fill(shape)]);
  }));
}

async function outputsOf(engine: Engine, cases: readonly Case[]): Promise<Readonly<Record<string, Float32Array>>> {
  const compiled = await engine.compile(stepOf(cases));
  const outputs = await compiled.run(feedsOf(cases));
  await compiled.dispose();
  return outputs;
}

function* chunksOf(cases: readonly Case[]): Generator<readonly Case[]> {
  for (let i = 0; i < cases.length; i += chunk) yield cases.slice(i, i + chunk);
}

/** Largest difference over largest magnitude; infinite where not both are finite or equal. */
function difference(actual: Float32Array, expected: Float32Array): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let [largest, error] = [1e-3, 0];
  for (const [i, value] of expected.entries()) {
    const other = actual[i] ?? Number.NaN;
    if (Object.is(other, value)) continue;
    if (!Number.isFinite(value) || !Number.isFinite(other)) return Number.POSITIVE_INFINITY;
    largest = Math.max(largest, Math.abs(value));
    error = Math.max(error, Math.abs(value - other));
  }
  for (const value of expected) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  return error / largest;
}

const expected = new Map<string, Promise<Readonly<Record<string, Float32Array>>>>();

/** What tfjs's cpu backend computes, once for all plans, since it takes longest. */
function expectedOf(cases: readonly Case[]): Promise<Readonly<Record<string, Float32Array>>> {
  const key = cases.map(({ title }) => title).join();
  const outputs = expected.get(key) ?? outputsOf(createEagerEngine(), cases);
  expected.set(key, outputs);
  return outputs;
}

async function failuresOf(onnx: Engine, cases: readonly Case[]): Promise<readonly string[]> {
  const failures: string[] = [];
  for (const some of chunksOf(cases)) {
    const actual = await outputsOf(onnx, some);
    for (const [name, values] of Object.entries(await expectedOf(some))) {
      const found = difference(actual[name] ?? new Float32Array(0), values);
      const allowed = some.find(({ title }) => name.startsWith(`${title}, y`))?.loose?.[0] ?? tolerance;
      if (!(found <= allowed)) failures.push(`${name}: ${found}`);
    }
  }
  await onnx.dispose();
  return failures;
}

const groups = { elementwise: elementwiseCases, reduction: reductionCases, shape: shapeCases, image: imageCases };

for (const [group, cases] of Object.entries(groups)) {
  test(`${group} kernels agree with tfjs's cpu backend`, async (t) => {
    t.deepEqual(await failuresOf(await createOnnxEngine({ threads: 1, providers: ["cpu"] }), cases), []);
  });
}

const otherPlans = {
  "convolutions by patches, as where the processor has no blocks,": planOf("gather"),
  "convolutions kept as ONNX's own, as on a GPU,": planOf("native"),
  "convolutions of so many patches that they go in parts, and filters by phases,": { style: "gather", block: 0, patchesAtOnce: 4096, patchesKept: 8192, patchesTurned: 0 },
} as const;

for (const [title, plan] of Object.entries(otherPlans)) {
  test(`${title} agree with tfjs's cpu backend`, async (t) => {
    t.deepEqual(await failuresOf(await createOnnxEngine({ threads: 1, providers: ["cpu"], plan }), imageCases), []);
  });
}

test("every traced kernel has a lowering, and a case here", (t) => {
  const missing = tracedKernels.filter((kernel) => lowerings[kernel] === undefined);
  t.deepEqual(missing, []);
  const covered = new Set(Object.values(groups).flatMap((cases) => traceStep(stepOf(cases)).nodes.map((node) => node.kernel)));
  t.deepEqual(tracedKernels.filter((kernel) => !covered.has(kernel)), []);
});
