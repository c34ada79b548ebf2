import test from "ava";
import { IdganError } from "../../contract/error.js";
import { checkCodeSettings, parseCodeSetting, sweepValues } from "./code-setting.js";
import { lerp, slerp, withHeld } from "./seeded-latents.js";

test("a latent is held at a value or swept over a range, with or without the letter", (t) => {
  t.deepEqual(parseCodeSetting("c3=1.5"), { latent: 3, from: 1.5, to: 1.5 });
  t.deepEqual(parseCodeSetting("3=-2..2"), { latent: 3, from: -2, to: 2 });
  t.deepEqual(parseCodeSetting(" c0 = .5 .. 1e1 "), { latent: 0, from: 0.5, to: 10 });
  t.deepEqual(parseCodeSetting("c12=1...5"), { latent: 12, from: 1, to: 0.5 });
});

for (const given of ["c3", "3", "c=1", "c3=", "c3=x", "c3=1..", "c3=..2", "c3=1..2..3", "c-1=2", "c1.5=2", "d3=1", "c3=NaN", "c3=1=2", "c3=Infinity"]) {
  test(`a setting is refused: ${given}`, (t) => {
    const error = t.throws(() => parseCodeSetting(given), { instanceOf: IdganError });
    t.is((error as IdganError).code, "USAGE");
    t.true(error?.message.startsWith(`--code ${given}: a setting is a latent and a value`));
  });
}

test("latents that a run has not, that are set twice, or swept in three directions are refused", (t) => {
  const settings = (...given: readonly string[]) => given.map(parseCodeSetting);
  t.notThrows(() => checkCodeSettings(settings("c0=1", "c1=0..1", "c2=0..1"), 3));
  t.throws(() => checkCodeSettings(settings("c3=1"), 3), { message: "--code c3: this run has the latents c0 to c2." });
  t.throws(() => checkCodeSettings(settings("c1=1", "1=2"), 3), { message: "--code c1: it is set twice." });
  t.throws(() => checkCodeSettings(settings("c0=0..1", "c1=0..1", "c2=0..1"), 3), { message: /more than two latents are swept/ });
});

test("a sweep has its ends, held latents their value in every row", (t) => {
  t.deepEqual(sweepValues({ latent: 0, from: -1, to: 2 }, 4), [-1, 0, 1, 2]);
  t.deepEqual(sweepValues({ latent: 0, from: -1, to: 2 }, 1), [-1]);
  const c = Float32Array.of(1, 2, 3, 4, 5, 6);
  t.deepEqual([...withHeld(c, 3, [parseCodeSetting("c1=9")])], [1, 9, 3, 4, 9, 6]);
  t.deepEqual([...c], [1, 2, 3, 4, 5, 6]);
});

test("an arc keeps the length of its ends, a line does not, and both meet the ends", (t) => {
  const [a, b] = [Float32Array.of(1, 0), Float32Array.of(0, 1)];
  const length = (v: Float32Array) => Math.hypot(...v);
  t.true(Math.abs(length(slerp(a, b, 0.5)) - 1) < 1e-6);
  t.true(Math.abs(length(lerp(a, b, 0.5)) - Math.SQRT1_2) < 1e-6);
  for (const way of [lerp, slerp]) {
    t.deepEqual([...way(a, b, 0)].map((value) => Math.round(value * 1e6)), [1e6, 0]);
    t.deepEqual([...way(a, b, 1)].map((value) => Math.round(value * 1e6)), [0, 1e6]);
  }
  // No arc: of one direction, of opposite ones, of none.
  for (const [from, to] of [[a, Float32Array.of(3, 0)], [a, Float32Array.of(-1, 0)], [new Float32Array(2), b], [new Float32Array(), new Float32Array()]] as const) t.true(slerp(from, to, 0.5).every(Number.isFinite));
  t.deepEqual([...slerp(a, Float32Array.of(3, 0), 0.5)], [2, 0]);
});
