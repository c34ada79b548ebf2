import test from "ava";
import { FeedQueue } from "./feed-queue.js";

/** A queue whose feeds hold the number of their update, and what has been asked of it. */
function countingQueue(steps: number, fails: (step: number) => boolean = () => false) {
  const made: number[] = [];
  const queue = new FeedQueue(async (step) => {
    made.push(step);
    await Promise.resolve();
    if (fails(step)) throw new Error(`no feeds for ${step}`);
    return { step: Float32Array.of(step) };
  }, steps);
  return { queue, made };
}

test("two updates are made ahead, each once, in order, and none beyond the stage's end", async (t) => {
  const { queue, made } = countingQueue(5);
  for (let step = 0; step < 5; step += 1) {
    t.deepEqual(await queue.take(step), { step: Float32Array.of(step) });
    queue.prepare(step + 1);
    await queue.settle();
    t.deepEqual(made, [0, 1, 2, 3, 4].slice(0, step + 3));
  }
});

test("an update that is asked for out of turn is made then, and what was made for others is let go", async (t) => {
  const { queue, made } = countingQueue(100);
  queue.prepare(0);
  t.deepEqual(await queue.take(50), { step: Float32Array.of(50) });
  queue.prepare(51);
  t.deepEqual(await queue.take(51), { step: Float32Array.of(51) });
  await queue.settle();
  t.deepEqual(made, [0, 50, 1, 51, 52]);
});

test("a failure shows when its feeds are taken, and not before", async (t) => {
  const { queue } = countingQueue(5, (step) => step === 2);
  queue.prepare(1);
  await t.notThrowsAsync(queue.settle());
  await t.notThrowsAsync(queue.take(1));
  await t.throwsAsync(queue.take(2), { message: "no feeds for 2" });
});

test("an array that is given back is filled again under its name, and no more are kept than are used", async (t) => {
  const seen: (Float32Array | undefined)[] = [];
  const queue = new FeedQueue(async (step, spare) => {
    const x = spare("x");
    seen.push(x);
    return { x: x ?? Float32Array.of(step), epsilon: Float32Array.of(step) };
  }, 100);
  const [first, second] = [await queue.take(0), await queue.take(1)];
  t.deepEqual(seen, [undefined, undefined]);
  queue.giveBack(first);
  t.is((await queue.take(2))["x"], first["x"]);
  t.not((await queue.take(3))["x"], second["x"]);
  for (let step = 0; step < 10; step += 1) queue.giveBack({ x: new Float32Array(1) });
  seen.length = 0;
  for (let step = 0; step < 10; step += 1) await queue.take(step);
  t.is(seen.filter((array) => array !== undefined).length, 3);
});
