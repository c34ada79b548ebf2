import * as tf from "@tensorflow/tfjs";
import test from "ava";
import { Cell } from "./cell.js";
import { createOnnxEngine } from "./engine.js";

test.before(() => tf.setBackend("cpu"));

test("a cell reads the array that tfjs has, and never writes there", (t) => {
  const given = Float32Array.of(1, 2, 3);
  const cell = new Cell(tf.variable(tf.tensor1d(given)));
  t.is(cell.present, given);
  for (const value of [4, 5]) {
    cell.spare.fill(value);
    cell.swap();
    t.deepEqual(cell.present, Float32Array.of(value, value, value));
  }
  const other = new Cell(tf.variable(tf.tensor1d(given)));
  other.write(Float32Array.of(7, 8, 9));
  t.deepEqual(other.present, Float32Array.of(7, 8, 9));
  t.deepEqual(given, Float32Array.of(1, 2, 3));
});

test("two buffers change places, and tfjs holds none but these", (t) => {
  const variable = tf.variable(tf.tensor1d([1, 2], "int32"));
  const cell = new Cell(variable);
  const buffers = Array.from({ length: 4 }, (_, update) => {
    cell.spare.fill(update);
    cell.swap();
    return cell.present;
  });
  t.deepEqual(buffers.map((buffer) => buffers.indexOf(buffer)), [0, 1, 0, 1]);
  t.true(buffers.includes(variable.dataSync() as Int32Array));
  cell.settle();
  t.deepEqual(variable.dataSync(), Int32Array.of(3, 3));
});

test("variables that share an array in tfjs do not share their values", (t) => {
  const zeros = tf.zeros([2]);
  const [first, second] = [new Cell(tf.variable(zeros)), new Cell(tf.variable(zeros))];
  first.write(Float32Array.of(1, 1));
  t.deepEqual([...second.present], [0, 0]);
  t.deepEqual([...zeros.dataSync()], [0, 0]);
});

test.serial("a variable that is disposed of before its step leaves no tensor behind", async (t) => {
  const before = tf.memory().numTensors;
  const one = tf.scalar(1);
  const weight = tf.variable(one);
  one.dispose();
  const cell = new Cell(weight);
  cell.swap();
  weight.dispose();
  cell.settle();
  t.is(tf.memory().numTensors, before);
});

for (const updates of [0, 1, 2, 3]) {
  test(`after ${updates} updates and the engine's end, tfjs's variable has the trained value, as in eager mode`, async (t) => {
    const weight = tf.variable<tf.Rank.R0>(tf.scalar(1));
    const engine = await createOnnxEngine({ threads: 1, providers: ["cpu"] });
    const step = await engine.compile({ name: "double", inputs: {}, run: () => (weight.assign(tf.mul(weight, 2)), {}) });
    for (let i = 0; i < updates; i += 1) await step.run({});
    await engine.dispose();
    t.is(weight.dataSync()[0], 2 ** updates);
  });
}
