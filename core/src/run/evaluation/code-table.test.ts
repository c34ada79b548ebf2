import test from "ava";
import { CodeTable } from "./code-table.js";

/** Codes that say which image and which latent they are of. */
function codesOf(indices: ArrayLike<number>, latentDim: number) {
  const mean = Float32Array.from({ length: indices.length * latentDim }, (_, i) => (indices[Math.floor(i / latentDim)] ?? 0) + (i % latentDim) / 8);
  return { mean, logVar: mean.map((value) => -value) };
}

for (const [title, size] of [
  ["a dataset with a place for every image", 20_000],
  ["a dataset too large for that", 2 ** 31],
] as const) {
  test(`codes of ${title} come back as they were added, in any order`, (t) => {
    const table = new CodeTable(size, 3);
    const indices = Uint32Array.from({ length: 10_000 }, (_, i) => (i * 7919) % 20_000);
    table.add(indices.subarray(0, 64), codesOf(indices.subarray(0, 64), 3));
    table.add(indices.subarray(64), codesOf(indices.subarray(64), 3));
    const asked = [...indices.toReversed(), indices[5] ?? 0];
    t.deepEqual(table.read(asked), codesOf(asked, 3));
    t.is(table.count, 10_000);
  });
}

test("what is missing is named once, in the order in which it is first asked for", (t) => {
  const table = new CodeTable(100, 2);
  table.add(Uint32Array.of(4, 9), codesOf([4, 9], 2));
  t.deepEqual([...table.missing([9, 7, 0, 4, 7, 99])], [7, 0, 99]);
});

test("what is read is the caller's own, and what was never added is refused", (t) => {
  const table = new CodeTable(100, 2);
  const given = codesOf([4], 2);
  table.add(Uint32Array.of(4), given);
  given.mean.fill(0);
  table.read([4]).mean.fill(0);
  t.deepEqual(table.read([4]), codesOf([4], 2));
  t.throws(() => table.read([5]), { instanceOf: RangeError, message: /image 5 has not been encoded/ });
});
