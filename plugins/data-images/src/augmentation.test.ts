import test from "ava";
import { unitSpace, type BatchDraw } from "@idgan/core";
import { createAugmentation, type AugmentationOptions } from "./augmentation.js";

const image = unitSpace(4, 3);
const length = 48;
const off: AugmentationOptions = { flip: false, dequantise: false, augment: "synthesise" };
const draw: BatchDraw = { stage: "synthesise", purpose: "real", step: 3, first: 0 };

/** Images whose every number is another one. */
function ramp(count: number): Float32Array {
  return Float32Array.from({ length: count * length }, (_, i) => i / (count * length));
}

function augmented(options: Partial<AugmentationOptions>, told: Partial<BatchDraw> = {}, count = 64, seed = 1): Float32Array {
  const pixels = ramp(count);
  createAugmentation({ ...off, ...options }, image, seed)(pixels, { ...draw, ...told });
  return pixels;
}

function mirrored(pixels: Float32Array): number[] {
  return Array.from(pixels, (_, i) => pixels[Math.floor(i / 12) * 12 + (3 - (Math.floor(i / 3) % 4)) * 3 + (i % 3)] as number);
}

test("a flip mirrors the rows of about half of the images, and leaves the others as they are", (t) => {
  const count = 600;
  const [before, after] = [ramp(count), augmented({ flip: true }, {}, count)];
  let flipped = 0;
  for (let i = 0; i < count; i += 1) {
    const [from, to] = [before.subarray(i * length, (i + 1) * length), after.subarray(i * length, (i + 1) * length)];
    if (to[0] === from[0]) t.deepEqual(to, from);
    else t.deepEqual([...to], mirrored(from), String((flipped += 1)));
  }
  // Four standard deviations of that many tosses.
  t.true(Math.abs(flipped - count / 2) < 4 * Math.sqrt(count / 4), `${flipped} of ${count}`);
});

test("noise is U[0, 1)/128 once pixels are moved to [-1, 1]", (t) => {
  const count = 2000;
  const before = ramp(count);
  const noise = augmented({ dequantise: true }, {}, count).map((value, i) => (2 * value - 1 - (2 * (before[i] as number) - 1)) * 128);
  const mean = noise.reduce((sum, value) => sum + value, 0) / noise.length;
  const variance = noise.reduce((sum, value) => sum + (value - mean) ** 2, 0) / noise.length;
  // Single precision near 1 leaves 128 * 2 * 2^-24 of room.
  t.true(noise.every((value) => value > -1e-4 && value < 1 + 1e-4));
  t.true(Math.abs(mean - 1 / 2) < 0.005 && Math.abs(variance - 1 / 12) < 0.002, `${mean} ${variance}`);
});

test("what is random follows from seed, stage, purpose and update alone, also where a batch is asked for in parts", (t) => {
  const both = { flip: true, dequantise: true, augment: "both" } as const;
  const whole = augmented(both);
  t.deepEqual(augmented(both), whole);
  for (const other of [augmented(both, { step: 4 }), augmented(both, { purpose: "codes" }), augmented(both, { stage: "represent" }), augmented(both, {}, 64, 2)]) t.notDeepEqual(other, whole);
  const augment = createAugmentation({ ...off, ...both }, image, 1);
  const parts = ramp(64);
  augment(parts.subarray(40 * length), { ...draw, first: 40 });
  augment(parts.subarray(0, 40 * length), draw);
  t.deepEqual(parts, whole);
});

test("stage 1 sees the images themselves unless both stages are asked for", (t) => {
  t.deepEqual(augmented({ flip: true, dequantise: true }, { stage: "represent" }), ramp(64));
  t.notDeepEqual(augmented({ flip: true, augment: "both" }, { stage: "represent" }), ramp(64));
  t.deepEqual(augmented({}), ramp(64));
});
