import test from "ava";
import { matrixOf } from "./matrix.js";
import { createTreeGrower, type TreeNodes } from "./regression-tree.js";
import { sortFeatures } from "./sorted-features.js";

/** A tree whose leaves hold the means of their targets. */
function grow(values: readonly number[], columns: number, targets: readonly number[], depth: number): { readonly nodes: TreeNodes; readonly gains: Float64Array } {
  const inner = 2 ** depth - 1;
  const nodes = { features: new Int32Array(inner), thresholds: new Float64Array(inner), leaves: new Float64Array(inner + 1) };
  const gains = new Float64Array(columns);
  const goal = Float64Array.from(targets);
  createTreeGrower(sortFeatures(matrixOf(Float64Array.from(values), columns)), depth).grow(
    goal,
    nodes,
    gains,
    () => Array.from({ length: columns }, (_, j) => j),
    (samples, start, end) => samples.subarray(start, end).reduce((sum, i) => sum + (goal[i] ?? 0), 0) / (end - start),
  );
  return { nodes, gains };
}

test("a step is cut half way between its sides, and the gain is the fall of the squared error", (t) => {
  const { nodes, gains } = grow([3, 1, 2, 10, 12, 11], 1, [5, 5, 5, 8, 8, 8], 1);
  t.deepEqual([...nodes.thresholds], [6.5]);
  t.deepEqual([...nodes.leaves], [5, 8]);
  t.is(gains[0], 6 * 1.5 ** 2);
});

test("below a pure node everything goes left", (t) => {
  const { nodes } = grow([1, 2, 3, 4], 1, [0, 0, 1, 1], 2);
  t.deepEqual([...nodes.thresholds], [2.5, Infinity, Infinity]);
  t.deepEqual([...nodes.leaves], [0, 0, 1, 0]);
});

test("two levels find an exclusive or, whose first cut gains nothing", (t) => {
  const { nodes, gains } = grow([0, 0, 0, 1, 1, 0, 1, 1], 2, [0, 1, 1, 0], 2);
  t.deepEqual([...nodes.features], [0, 1, 1]);
  t.deepEqual([...nodes.leaves], [0, 1, 1, 0]);
  t.deepEqual([...gains], [0, 1]);
});

test("values within 1e-7 of each other are not cut apart", (t) => {
  const { nodes } = grow([0, 0.5e-7, 1], 1, [0, 5, 5], 1);
  t.is(nodes.thresholds[0], Math.fround(0.5e-7) / 2 + 0.5);
});

test("of equal cuts the feature that is visited first is taken", (t) => {
  t.is(grow([1, 1, 2, 2], 2, [0, 1], 1).nodes.features[0], 0);
});
