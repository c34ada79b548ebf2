import test from "ava";
import type { Dataset } from "../../contract/dataset.js";
import type { Engine, Step } from "../../contract/engine.js";
import { IdganError } from "../../contract/error.js";
import { unitSpace } from "../../contract/image-space.js";
import type { VaeBackbone } from "../../contract/vae-backbone.js";
import { silentEvaluationReporter } from "./evaluation-reporter.js";
import { MemorisedSubject } from "./memorised-subject.js";

/** Images of one pixel, whose value is their number. */
function images(drawn: number[][] = []): Dataset {
  return {
    name: "numbers",
    size: 1000,
    image: unitSpace(1, 1),
    fingerprint: "numbers",
    async batch(indices) {
      drawn.push(Array.from(indices));
      return Float32Array.from(indices);
    },
  };
}

/** Gives the pixel as mean and its negative as log variance; `compute` sees each batch, fill included. */
function engine(compute: (x: Float32Array) => Promise<Float32Array> = async (x) => x): Engine {
  const compile = async (step: Step) => ({
    name: step.name,
    run: async ({ x = new Float32Array() }: Readonly<Record<string, Float32Array>>) => {
      const mean = await compute(x);
      return { mean, logVar: mean.map((value) => -value) };
    },
    dispose: async () => undefined,
  });
  return { name: "fake", description: "fake", fetchesFreely: true, compile: compile as unknown as Engine["compile"], read: async () => new Float32Array(), write: async () => undefined, dispose: async () => undefined };
}

const vae = { encoder: { latentDim: 1, input: unitSpace(1, 1), weights: {} }, decoder: { output: unitSpace(1, 1), weights: {} } } as unknown as VaeBackbone;

function subject(setting: { dataset?: Dataset; engine?: Engine; signal?: AbortSignal } = {}): MemorisedSubject {
  return new MemorisedSubject({ name: "run", engine: engine(), vae, dataset: images(), reporter: silentEvaluationReporter, signal: new AbortController().signal, ...setting });
}

test("each image is drawn and encoded once, however often and however many at a time it is asked for", async (t) => {
  const drawn: number[][] = [];
  const watched = subject({ dataset: images(drawn) });
  const asked = Uint32Array.from({ length: 150 }, (_, i) => (i * 7) % 100);
  const [first, second] = await Promise.all([watched.encode(asked), watched.encode(asked.toReversed())]);
  t.deepEqual([...first.mean], [...asked]);
  t.deepEqual([...second.logVar], Array.from(asked.toReversed(), (value) => -value));
  t.is(drawn.flat().length, 100);
  t.is(new Set(drawn.flat()).size, 100);
});

test("the next batch is drawn before the engine has finished the present one, and a rest is filled up with its own images", async (t) => {
  const order: string[] = [];
  const dataset = images();
  const watched = subject({
    dataset: { ...dataset, batch: async (indices) => (order.push(`draw ${indices.length}`), dataset.batch(indices)) },
    engine: engine(async (x) => {
      order.push(`compute ${x.length}`);
      await new Promise((done) => setTimeout(done, 5));
      order.push("computed");
      if (x[0] === 64) t.deepEqual(Array.from(x.subarray(0, 13)), [64, 65, 66, 67, 68, 69, 64, 65, 66, 67, 68, 69, 64]);
      return x;
    }),
  });
  await watched.encode(Uint32Array.from({ length: 70 }, (_, i) => i));
  t.deepEqual(order, ["draw 64", "compute 64", "draw 6", "computed", "compute 64", "computed"]);
});

test("a signal stops it after the present batch", async (t) => {
  const controller = new AbortController();
  let batches = 0;
  const stopped = subject({
    signal: controller.signal,
    engine: engine(async (x) => {
      batches += 1;
      if (batches === 2) controller.abort();
      return x;
    }),
  });
  const error = await t.throwsAsync(stopped.encode(Uint32Array.from({ length: 640 }, (_, i) => i)), { instanceOf: IdganError });
  t.is((error as IdganError).code, "INTERRUPTED");
  t.is(batches, 2);
});

test("a failure of the dataset or of the engine is the caller's, and later requests are served", async (t) => {
  let faulty = true;
  const dataset = images();
  const flaky = subject({
    dataset: {
      ...dataset,
      async batch(indices) {
        if (faulty && indices[0] === 64) throw new Error("disk");
        return dataset.batch(indices);
      },
    },
  });
  const all = Uint32Array.from({ length: 100 }, (_, i) => i);
  await t.throwsAsync(flaky.encode(all), { message: "disk" });
  faulty = false;
  t.is((await flaky.encode(all)).mean.length, 100);
});

test("an encoder that diverged is an input that no metric takes", async (t) => {
  const diverged = subject({ engine: engine(async (x) => x.map((value) => (value === 70 ? Number.NaN : value))) });
  const error = await t.throwsAsync(diverged.encode([3, 70]), { instanceOf: IdganError });
  t.is((error as IdganError).code, "METRIC_INPUT");
  t.regex(error?.message ?? "", /^The encoder of run gives NaN or an infinite value for image 70 of numbers/);
});

for (const index of [-1, 1000, 0.5, Number.NaN]) {
  test(`image ${index} of 1000 is refused`, async (t) => {
    await t.throwsAsync(subject().encode([0, index]), { instanceOf: RangeError, message: /there are images 0 to 999/ });
  });
}

test("nothing is encoded for a request without images", async (t) => {
  const idle = subject({ engine: engine(async () => Promise.reject(new Error("encoded"))) });
  t.deepEqual(await idle.encode([]), { mean: new Float32Array(), logVar: new Float32Array() });
});

test("a run without a generator says so, and what is remembered is made once unless it failed", async (t) => {
  const plain = subject();
  t.false(plain.hasGenerator);
  const error = await t.throwsAsync(plain.openGenerator(), { instanceOf: IdganError });
  t.is((error as IdganError).code, "METRIC_INPUT");
  t.regex(error?.message ?? "", /^The run in run has no generator: .*--resume --out run/);
  let made = 0;
  const make = async (): Promise<number> => (made += 1);
  t.deepEqual(await Promise.all([plain.remember("a", make), plain.remember("a", make), plain.remember("b", make)]), [1, 1, 2]);
  await t.throwsAsync(plain.remember("c", async () => Promise.reject(new Error("no"))), { message: "no" });
  t.is(await plain.remember("c", make), 3);
});

test("codes are drawn by seed and name, of images with replacement, a longer draw beginning with the shorter", async (t) => {
  const drawn = subject();
  const request = { count: 200, seed: 3, name: "x" };
  const mean = await drawn.drawCodes({ ...request, code: "mean" });
  t.deepEqual([...mean.c], [...(mean.indices ?? [])]);
  const posterior = await drawn.drawCodes({ ...request, count: 50 });
  t.deepEqual(posterior.indices, mean.indices?.subarray(0, 50));
  t.deepEqual(await drawn.drawCodes({ ...request, count: 50 }), posterior);
  t.notDeepEqual((await drawn.drawCodes({ ...request, count: 50, name: "y" })).indices, posterior.indices);
  const prior = await drawn.drawCodes({ ...request, code: "prior" });
  t.is(prior.indices, undefined);
  // log variance is minus the mean here, so the prior's very noise is found again, shrunk by it
  for (const [i, index] of (posterior.indices ?? []).entries()) {
    t.true(Math.abs((posterior.c[i] ?? 0) - (index + Math.exp(-index / 2) * (prior.c[i] ?? 0))) <= 1e-4);
  }
});

test("a request after the signal is refused as INTERRUPTED", async (t) => {
  const controller = new AbortController();
  const stopped = subject({ signal: controller.signal });
  await stopped.encode([1]);
  controller.abort();
  for (const asked of [stopped.encode([2]), stopped.decode(new Float32Array(1)), stopped.encodeImages(new Float32Array(1), unitSpace(1, 1))]) {
    const error = await t.throwsAsync(asked, { instanceOf: IdganError });
    t.is((error as IdganError).code, "INTERRUPTED");
  }
});
