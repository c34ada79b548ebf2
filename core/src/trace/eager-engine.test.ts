import * as tf from "@tensorflow/tfjs";
import test from "ava";
import { IdganError } from "../contract/error.js";
import { createEagerEngine } from "./eager-engine.js";
import { silenceNodeNotice } from "../ops/node-notice.js";

silenceNodeNotice();

const engine = createEagerEngine();
const weight = tf.tidy(() => tf.variable(tf.tensor1d([1, 2])));

const step = {
  name: "scale",
  inputs: { x: [2], lr: [] },
  run: ({ x, lr }: Readonly<Record<"x" | "lr", tf.Tensor>>) => {
    const y = tf.mul(x, weight);
    weight.assign(tf.add(weight, lr));
    return { y, x };
  },
};

test.serial("a run computes the outputs and changes the variables", async (t) => {
  const compiled = await engine.compile(step);
  const x = Float32Array.of(3, 4);
  const outputs = await compiled.run({ x, lr: Float32Array.of(1) });
  t.deepEqual([...outputs.y], [3, 8]);
  outputs.x[0] = 9;
  t.is(x[0], 3, "outputs are the caller's own");
  t.deepEqual([...(await engine.read(weight))], [2, 3]);
});

test.serial("without a fetch nothing comes back, and the variables still change", async (t) => {
  const compiled = await engine.compile(step);
  t.deepEqual(await compiled.run({ x: Float32Array.of(3, 4), lr: Float32Array.of(1) }, false), {} as never);
  t.deepEqual([...(await engine.read(weight))], [3, 4]);
});

test.serial("a written variable keeps nothing of the caller's array, nor one assigned from an input", async (t) => {
  const values = Float32Array.of(5, 6);
  await engine.write(weight, values);
  values[0] = 0;
  t.deepEqual([...(await engine.read(weight))], [5, 6]);
  const assign = await engine.compile({ name: "assign", inputs: { x: [2] }, run: ({ x }: Readonly<Record<"x", tf.Tensor>>) => (weight.assign(x as tf.Tensor1D), {}) });
  await assign.run({ x: values });
  values[1] = 0;
  t.deepEqual([...(await engine.read(weight))], [0, 6]);
});

test.serial("memory stays flat, also when a step throws", async (t) => {
  const compiled = await engine.compile(step);
  const failing = await engine.compile({
    name: "fails",
    inputs: { x: [2] },
    run: ({ x }) => {
      tf.square(x);
      throw new Error("mine");
    },
  });
  const before = tf.memory().numTensors;
  for (let i = 0; i < 5; i++) {
    await compiled.run({ x: Float32Array.of(3, 4), lr: Float32Array.of(1) });
    await t.throwsAsync(failing.run({ x: Float32Array.of(3, 4) }), { message: "mine" });
  }
  t.is(tf.memory().numTensors, before);
});

test.serial("it runs on its own backend and leaves the active one alone", async (t) => {
  await tf.setBackend("cpu");
  const used: string[] = [];
  const compiled = await engine.compile({ name: "where", inputs: {}, run: () => (used.push(tf.getBackend()), {}) });
  await compiled.run({});
  t.deepEqual(used, ["cpu"]);
  const error = await t.throwsAsync(async () => (await createEagerEngine("nowhere").compile(step)).run({ x: Float32Array.of(1, 2), lr: Float32Array.of(1) }), { instanceOf: IdganError });
  t.is(error?.code, "ENGINE_UNAVAILABLE");
  t.is(tf.getBackend(), "cpu");
});

test.serial("a feed of the wrong size and an output that is no tensor are named", async (t) => {
  const compiled = await engine.compile(step);
  await t.throwsAsync(compiled.run({ x: Float32Array.of(1), lr: Float32Array.of(1) }), { instanceOf: IdganError, message: /"x" of step "scale" needs 2 numbers for \[2\], and got 1/ });
  const wrong = await engine.compile({ name: "wrong", inputs: {}, run: () => ({ y: 3 as unknown as tf.Tensor }) });
  await t.throwsAsync(wrong.run({}), { instanceOf: IdganError, message: /Output "y" of step "wrong" is no tensor but number 3/ });
});
