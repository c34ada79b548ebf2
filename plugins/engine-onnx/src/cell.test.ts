import * as tf from "@tensorflow/tfjs";
import test from "ava";
import { Cell } from "./cell.js";
import { createOnnxEngine } from "./engine.js";

test.before(() => tf.setBackend("cpu"));

test("a cell holds one array until somebody writes, and tfjs's variable looks into it", (t) => {
  const given = Float32Array.of(1, 2, 3);
  const variable = tf.variable(tf.tensor1d(given));
  const cell = new Cell(variable);
  t.is(variable.dataSync(), cell.present);
  cell.present[0] = 7;
  t.deepEqual(given, Float32Array.of(1, 2, 3), "what a caller made the variable of stays the caller's");
});

test("the value that is written becomes the present one, and tfjs sees it once it is settled", (t) => {
  const variable = tf.variable(tf.tensor1d([1, 2], "int32"));
  const cell = new Cell(variable);
  cell.spare.set([3, 4]);
  cell.swap();
  t.deepEqual(cell.present, Int32Array.of(3, 4));
  t.deepEqual(cell.spare, Int32Array.of(1, 2));
  cell.settle();
  t.deepEqual([...cell.present], [3, 4]);
  t.is(variable.dataSync(), cell.present);
  cell.spare.set([5, 6]);
  cell.swap();
  cell.settle();
  t.deepEqual([...variable.dataSync()], [5, 6]);
});

test("variables that share an array in tfjs do not share their values", (t) => {
  const zeros = tf.zeros([2]);
  const [a, b] = [tf.variable(zeros), tf.variable(zeros)];
  const [first, second] = [new Cell(a), new Cell(b)];
  first.present[0] = 1;
  t.deepEqual([...second.present], [0, 0]);
  t.deepEqual([...zeros.dataSync()], [0, 0]);
});

for (const updates of [1, 2]) {
  test(`after ${updates} updates and the engine's end, tfjs's variable has the trained value, as in eager mode`, async (t) => {
    const weight = tf.variable<tf.Rank.R0>(tf.scalar(1));
    const engine = await createOnnxEngine({ threads: 1, providers: ["cpu"] });
    const step = await engine.compile({ name: "double", inputs: {}, run: () => (weight.assign(tf.mul(weight, 2)), {}) });
    for (let i = 0; i < updates; i += 1) await step.run({});
    await engine.dispose();
    t.is(weight.dataSync()[0], 2 ** updates);
  });
}
