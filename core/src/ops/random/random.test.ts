import test from "ava";
import * as tf from "@tensorflow/tfjs";
import { createInitializer } from "./initializer.js";
import { fillNoise } from "./noise.js";
import { multiplyHigh, philox } from "./philox.js";
import { createStream } from "./stream.js";

test.before(async () => {
  await tf.setBackend("cpu");
});

test("Philox4x32-10 gives the known answers that Random123 publishes", (t) => {
  const all = 0xffffffff;
  const answers: readonly (readonly [counter: readonly [number, number, number, number], key: readonly [number, number], words: readonly number[]])[] = [
    [[0, 0, 0, 0], [0, 0], [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]],
    [[all, all, all, all], [all, all], [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]],
    [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1]],
  ];
  for (const [counter, key, words] of answers) {
    const output = new Uint32Array(4);
    philox(key, ...counter, output, 0);
    t.deepEqual([...output], words);
  }
});

test("the high word of a product is exact", (t) => {
  const numbers = [0, 1, 0xffff, 0x10000, 0xd2511f53, 0xfffffffe, 0xffffffff];
  for (const a of numbers) {
    for (const b of numbers) {
      t.is(multiplyHigh(a, b), Number((BigInt(a) * BigInt(b)) >> 32n));
    }
  }
});

test("a stream gives the same numbers for the same seed, name and step, whatever was drawn before", (t) => {
  const expected = createStream(7, "posterior").normal(3, 100);
  const stream = createStream(7, "posterior");
  stream.normal(2, 5);
  stream.uniform(3, 5);
  t.deepEqual(stream.normal(3, 100), expected);
});

test("a longer draw begins with the shorter one", (t) => {
  const stream = createStream(7, "nuisance");
  t.deepEqual(stream.normal(0, 101).slice(0, 7), stream.normal(0, 7));
  t.deepEqual(stream.uniform(0, 101).slice(0, 7), stream.uniform(0, 7));
  t.deepEqual(stream.integers(0, 101, 10).slice(0, 7), stream.integers(0, 7, 10));
});

test("seed, name and step each change the numbers, steps beyond 2^32 included", (t) => {
  const draws = [
    createStream(7, "shuffle").uniform(0, 8),
    createStream(8, "shuffle").uniform(0, 8),
    createStream(7, "nuisance").uniform(0, 8),
    createStream(7, "shuffle").uniform(1, 8),
    createStream(7, "shuffle").uniform(2 ** 32, 8),
    createStream(7, "shuffle").uniform(2 ** 32 + 1, 8),
  ];
  t.is(new Set(draws.map((draw) => draw.join())).size, draws.length);
});

test("normal values have the moments of a standard normal, neighbours are uncorrelated", (t) => {
  const count = 200_000;
  const values = createStream(1, "normal").normal(0, count);
  const moment = (power: number): number => values.reduce((sum, value) => sum + value ** power, 0) / count;
  const deviations = 5; // of the estimate: a right generator fails one in a million
  t.true(Math.abs(moment(1)) < deviations * Math.sqrt(1 / count));
  t.true(Math.abs(moment(2) - 1) < deviations * Math.sqrt(2 / count));
  t.true(Math.abs(moment(3)) < deviations * Math.sqrt(15 / count));
  t.true(Math.abs(moment(4) - 3) < deviations * Math.sqrt(96 / count));
  const product = values.reduce((sum, value, i) => sum + value * (values[i + 1] ?? 0), 0) / count;
  t.true(Math.abs(product) < deviations * Math.sqrt(1 / count));
});

test("uniform values fill [0, 1) evenly", (t) => {
  const count = 100_000;
  const values = createStream(1, "uniform").uniform(0, count);
  const bins = Array.from({ length: 10 }, () => 0);
  for (const value of values) {
    t.true(value >= 0 && value < 1);
    const bin = Math.floor(value * 10);
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  t.true(chiSquare(bins, count / 10) < 33.7); // 9 degrees of freedom, p = 1e-4
});

test("integers are unbiased for a limit that divides no power of two", (t) => {
  const count = 60_000;
  const limit = 6;
  const bins = Array.from({ length: limit }, () => 0);
  for (const value of createStream(2, "integers").integers(0, count, limit)) {
    bins[value] = (bins[value] ?? 0) + 1;
  }
  t.true(chiSquare(bins, count / limit) < 25.7); // 5 degrees of freedom, p = 1e-4
  // Without the rejection, a limit of 3 * 2^30 would give multiples of 3 half of the time instead of a third.
  const large = createStream(2, "integers").integers(1, count, 3 * 2 ** 30);
  const multiples = large.filter((value) => value % 3 === 0).length / count;
  t.true(Math.abs(multiples - 1 / 3) < 5 * Math.sqrt(2 / 9 / count));
});

test("a permutation holds each number once, and every order of three comes equally often", (t) => {
  t.deepEqual(createStream(3, "shuffle").permutation(0, 1000).toSorted(), Uint32Array.from({ length: 1000 }, (_, i) => i));
  t.deepEqual([...createStream(3, "shuffle").permutation(0, 1)], [0]);
  t.is(createStream(3, "shuffle").permutation(0, 0).length, 0);
  const stream = createStream(3, "order");
  const orders = new Map<string, number>();
  for (let step = 0; step < 6000; step += 1) {
    const order = stream.permutation(step, 3).join();
    orders.set(order, (orders.get(order) ?? 0) + 1);
  }
  t.is(orders.size, 6);
  t.true(chiSquare([...orders.values()], 1000) < 25.7);
});

test("declared noise takes its shape and distribution from the declaration", (t) => {
  const stream = createStream(4, "noise");
  t.deepEqual(fillNoise({ shape: [2, 3], distribution: "normal" }, stream, 5), stream.normal(5, 6));
  t.deepEqual(fillNoise({ shape: [6], distribution: "uniform" }, stream, 5), stream.uniform(5, 6));
  t.deepEqual(fillNoise({ shape: [6], distribution: "permutation" }, stream, 5), Float32Array.from(stream.permutation(5, 6)));
  t.throws(() => fillNoise({ shape: [2, 3], distribution: "permutation" }, stream, 5), { message: /one dimension/ });
});

test("an initializer's values depend on the seed and the full name, not on the order", (t) => {
  const first = createInitializer(1);
  const a = first.scope("encoder").normal("conv1/kernel", [2, 3], 0.5);
  const b = first.uniform("head/kernel", [50], 0.25);
  const second = createInitializer(1);
  const b2 = second.scope("head").uniform("kernel", [50], 0.25);
  const a2 = second.scope("encoder").scope("conv1").normal("kernel", [2, 3], 0.5);
  const other = createInitializer(2).normal("encoder/conv1/kernel", [2, 3], 0.5);
  t.deepEqual(a.dataSync(), a2.dataSync());
  t.deepEqual(b.dataSync(), b2.dataSync());
  t.notDeepEqual(a.dataSync(), other.dataSync());
  t.true(b.dataSync().every((value) => Math.abs(value) <= 0.25) && b.dataSync().some((value) => value < 0));
  tf.dispose([a, a2, b, b2, other]);
});

test("an initializer refuses a name twice, leaves only its variables behind, and lets copies live side by side", (t) => {
  const before = tf.memory().numTensors;
  const copies = [createInitializer(1), createInitializer(1)].map((init) => init.constant("bias", [3], 2));
  t.deepEqual(copies.map((copy) => [...copy.dataSync()]), [[2, 2, 2], [2, 2, 2]]);
  t.not(copies[0]?.name, copies[1]?.name);
  t.is(tf.memory().numTensors, before + 2);
  const init = createInitializer(1);
  const kept = init.scope("a").constant("b", [], 0);
  t.throws(() => init.constant("a/b", [], 0), { message: /"a\/b"/, code: "BACKBONE_INVALID" });
  tf.dispose([...copies, kept]);
  t.is(tf.memory().numTensors, before);
});

function chiSquare(counts: readonly number[], expected: number): number {
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}
