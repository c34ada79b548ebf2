import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import test from "ava";
import { createStream } from "../ops/random/stream.js";
import { resample, type Pixels, type Span } from "./lanczos.js";
import { pillowMix } from "./pillow-kernel.js";
import { resampleProgramSource } from "./resample-program.js";

const channels = 3;

function noise(width: number, height: number): Pixels {
  return { data: Uint8Array.from(createStream(1, "test/lanczos").integers(width * 4096 + height, width * height * channels, 256)), width, height };
}

/** Both passes in double precision, with eight bits between them. */
function inDoubles(picture: Pixels, across: Span, down: Span): Uint8ClampedArray {
  const [columns, rows] = [across.to - across.from, down.to - down.from];
  const between = new Uint8ClampedArray(picture.height * columns * channels);
  for (let i = 0; i < between.length; i += 1) {
    const [x, y, c] = [Math.floor(i / channels) % columns, Math.floor(i / channels / columns), i % channels];
    const { first, weights } = pillowMix("lanczos", across.source, across.target, across.from + x);
    between[i] = weights.reduce((sum, weight, tap) => sum + weight * picture.data[(y * picture.width + first + tap) * channels + c]!, 0);
  }
  return Uint8ClampedArray.from({ length: rows * columns * channels }, (_, i) => {
    const [at, y] = [i % (columns * channels), Math.floor(i / channels / columns)];
    const { first, weights } = pillowMix("lanczos", down.source, down.target, down.from + y);
    return weights.reduce((sum, weight, tap) => sum + weight * between[(first + tap) * columns * channels + at]!, 0);
  });
}

const whole = (source: number, target: number): Span => ({ source, target, from: 0, to: target });

test("a resampling is Pillow's sums of weighted pixels to a grey level, on noise whose edges overshoot", (t) => {
  const tolerance = 1;
  const cases: readonly (readonly [across: Span, down: Span])[] = [
    [whole(40, 16), whole(300, 16)], [whole(300, 16), whole(40, 16)], [whole(61, 16), whole(61, 16)], [whole(7, 24), whole(9, 24)], [whole(1, 8), whole(300, 8)], [whole(300, 8), whole(1, 8)],
    [whole(17, 17), whole(90, 17)], [whole(90, 17), whole(17, 17)], [{ source: 120, target: 50, from: 9, to: 41 }, whole(77, 32)], [whole(33, 11), { source: 240, target: 80, from: 79, to: 80 }], [whole(2000, 3), whole(5, 3)],
  ];
  for (const [across, down] of cases) {
    const picture = noise(across.source, down.source);
    const made = resample(picture, across, down);
    const expected = inDoubles(picture, across, down);
    t.deepEqual([made.width, made.height, made.data.length], [across.to - across.from, down.to - down.from, expected.length]);
    const off = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - made.data[i]!)), 0);
    t.true(off <= tolerance, `${JSON.stringify([across, down])}: off by ${off}`);
  }
});

test("a plain colour stays what it is at every size, and a picture of the right size is untouched", (t) => {
  for (const level of [0, 1, 127, 254, 255]) {
    for (const [source, target] of [[3, 64], [64, 3], [500, 7], [31, 32], [4096, 2]] as const) {
      const { data } = resample({ data: new Uint8Array(source * 5 * channels).fill(level), width: source, height: 5 }, whole(source, target), whole(5, target));
      t.true(data.every((value) => value === level), `${level}, ${source} to ${target}`);
    }
  }
  const picture = noise(9, 8);
  t.is(resample(picture, whole(9, 9), whole(8, 8)).data, picture.data);
});

test("a picture so wide that a kernel reaches past its last row stays in what was reserved for it", (t) => {
  const width = 65_500;
  // Each is larger than those before, so that the memory is as large as it asks for and not as an earlier one did.
  for (let height = 41; height < 49; height += 1) {
    const { data } = resample({ data: new Uint8Array(width * height * channels).fill(77), width, height }, whole(width, 8), whole(height, 8));
    t.true(data.every((value) => value === 77), `${height} rows`);
  }
});

test("the program that resamples was made from the text beside it", async (t) => {
  const text = await readFile(new URL("../../src/data/resample.wat", import.meta.url), "utf8");
  t.is(createHash("sha256").update(text.replaceAll("\r\n", "\n")).digest("hex"), resampleProgramSource, "run core/src/data/write-programs.mjs");
});
