import test from "ava";
import { exactMutualInformationGap } from "./exact-mig.js";
import { everyCombination } from "./synthetic-codes.test.table.js";

const near = (actual: number | undefined, expected: number, tolerance = 1e-12): boolean => Math.abs((actual ?? Number.NaN) - expected) <= tolerance;

test("ideal posteriors: the exact gap is 1; a latent that is noise has none", (t) => {
  const factors = everyCombination([3, 4]);
  const value = (factor: number) => Float32Array.from({ length: factors.rows }, (_, row) => 40 * (factors.values[row * 2 + factor] ?? 0));
  const flat = new Float32Array(factors.rows);
  const { value: gap, gaps, widened } = exactMutualInformationGap({ mean: [value(0), value(1), flat], logVar: [flat, flat, flat] }, factors, [3, 4]);
  t.true(near(gap, 1) && gaps.every((each) => near(each, 1)));
  t.deepEqual(widened, [0, 0, 0]);
  const noise = exactMutualInformationGap({ mean: [flat, flat], logVar: [flat, flat] }, factors, [3, 4]);
  t.true(near(noise.value, 0));
});
