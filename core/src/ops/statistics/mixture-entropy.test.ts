import test from "ava";
import { mixtureEntropies } from "./mixture-entropy.js";

/** Entropy of a normal distribution in nats. */
const normalEntropy = (deviation: number): number => 0.5 * Math.log(2 * Math.PI * Math.E * deviation ** 2);
const posteriors = (mean: readonly number[], deviation: number) => ({ mean, logVar: mean.map(() => 2 * Math.log(deviation)) });
const near = (actual: number | undefined, expected: number, tolerance = 1e-12): boolean => Math.abs((actual ?? Number.NaN) - expected) <= tolerance;

test("one normal distribution has the entropy ln(2πe σ²) / 2, wide or narrow", (t) => {
  for (const deviation of [1e-3, 0.2, 1, 50]) {
    t.true(near(mixtureEntropies(posteriors([3, 3, 3], deviation), []).all, normalEntropy(deviation)), `${deviation}`);
  }
});

test("k distributions that do not overlap add ln k", (t) => {
  const { all, within } = mixtureEntropies(posteriors([0, 100, 200, 0], 1), [{ groups: 2, of: [0, 1, 0, 0] }]);
  const third = -(0.5 * Math.log(0.5) + 0.25 * Math.log(0.25) * 2);
  t.true(near(all, normalEntropy(1) + third));
  // Three of four posteriors lie in group 0, two of them at one place.
  t.true(near(within[0], normalEntropy(1) + 0.75 * -((2 / 3) * Math.log(2 / 3) + (1 / 3) * Math.log(1 / 3))));
});

test("posteriors of very different widths are widened to what 8192 steps resolve, and it is said", (t) => {
  const { all, finest } = mixtureEntropies({ mean: [0, 0], logVar: [0, -40] }, []);
  t.true(finest > 1e-3 && finest < 1e-2);
  // Half of it narrow, half of it wide, and hardly any overlap.
  t.true(near(all, Math.log(2) + (normalEntropy(1) + normalEntropy(finest)) / 2, 0.05));
});

test("posteriors that are points at one place give a finite entropy", (t) => {
  for (const mean of [0, 7, -1e6]) {
    t.true(Number.isFinite(mixtureEntropies({ mean: [mean, mean], logVar: [-200, -3e38] }, []).all));
  }
});
