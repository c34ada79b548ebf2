import type { Step } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import test from "ava";
import { createOnnxEngine } from "./engine.js";
import { barrierMessage } from "./output-barrier.js";

const mebibyte = 2 ** 20;

test("the binding gives up at a barrier, with the outputs behind it written", async (t) => {
  t.truthy(await barrierMessage());
});

test("a run but the first two takes no memory of its variables' size", async (t) => {
  const variable = tf.variable(tf.zeros([4, mebibyte]));
  const engine = await createOnnxEngine({ threads: 1, providers: ["cpu"] });
  const step: Step = { name: "count", inputs: { by: [] }, run: ({ by }) => (variable.assign(tf.add(variable, by as tf.Scalar)), {}) };
  const compiled = await engine.compile(step);
  // The first two make the buffers.
  for (let run = 1; run <= 2; run += 1) await compiled.run({ by: Float32Array.of(1) });
  let taken = 0;
  for (let run = 1; run <= 10; run += 1) {
    const before = process.memoryUsage().arrayBuffers;
    await compiled.run({ by: Float32Array.of(1) });
    taken += Math.max(0, process.memoryUsage().arrayBuffers - before);
  }
  t.true(taken < mebibyte, `${taken} bytes`);
  t.true((await engine.read(variable)).every((value) => value === 12));
  await engine.dispose();
  variable.dispose();
});

test("a run that fails says so, and leaves the variables as they were", async (t) => {
  const variable = tf.variable(tf.tensor1d([1, 2, 3]));
  const engine = await createOnnxEngine({ threads: 1, providers: ["cpu"] });
  const step: Step = { name: "pick", inputs: { index: [] }, run: ({ index }) => (variable.assign(tf.mul(variable, tf.gather(variable, tf.cast(index as tf.Scalar, "int32")))), {}) };
  const compiled = await engine.compile(step);
  await compiled.run({ index: Float32Array.of(1) });
  t.deepEqual(Array.from(await engine.read(variable)), [2, 4, 6]);
  await t.throwsAsync(compiled.run({ index: Float32Array.of(99) }), { code: "INTERNAL", message: /step "pick"/ });
  t.deepEqual(Array.from(await engine.read(variable)), [2, 4, 6]);
  await engine.dispose();
  variable.dispose();
});
