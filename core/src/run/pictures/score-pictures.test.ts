import test from "ava";
import { colourScale, isLight } from "./colour-scale.js";
import { heatMap } from "./heat-map.js";
import { turned, type Image } from "./image.js";
import { latentsPicture } from "./latents-picture.js";

/** How many pixels of each row, or of all, have this colour. */
function count({ width, pixels }: Image, colour: readonly number[], row?: number): number {
  let found = 0;
  for (let at = 0; at < pixels.length; at += 3) {
    const here = colour.every((value, channel) => pixels[at + channel] === value);
    if (here && (row === undefined || Math.floor(at / 3 / width) === row)) found += 1;
  }
  return found;
}

const green = [66, 168, 134];

test("bars of latents are as long as their KLs, the first 480 pixels", (t) => {
  const picture = latentsPicture([
    { index: 3, kl: 4 },
    { index: 0, kl: 1 },
    { index: 1, kl: 0 },
  ]);
  const lengths = Array.from({ length: picture.height }, (_, row) => count(picture, green, row)).filter((length) => length > 0);
  t.deepEqual([...new Set(lengths)], [480, 120]);
});

test("a picture of very many latents shows the first ones, and one of none that carries anything shows no bar", (t) => {
  const many = latentsPicture(Array.from({ length: 4096 }, (_, index) => ({ index, kl: 1 / (index + 1) })));
  t.true(many.height < 2000);
  t.is(count(latentsPicture([{ index: 0, kl: 0 }]), green), 0);
});

test("the scale goes from 0 to the largest value, or as far below 0 as above, and dark values have light text", (t) => {
  const rising = colourScale([0.2, 0.5]);
  t.deepEqual([rising.low, rising.high], [0, 0.5]);
  t.false(isLight(rising.colourOf(0)));
  t.true(isLight(rising.colourOf(0.5)));
  const signed = colourScale([-2, 1]);
  t.deepEqual([signed.low, signed.high], [-2, 2]);
  t.deepEqual(signed.colourOf(0), [28, 28, 40]);
  t.deepEqual(colourScale([0, 0]).colourOf(0), rising.colourOf(0));
});

test("each cell of a heat map has the colour of its value, and a value in it where there is room", (t) => {
  const matrix = { title: "m", rows: ["posX", "posY"], columns: ["c0", "c1"], values: [[1, 0], [0.5, 0.5]] };
  const picture = heatMap(matrix);
  const scale = colourScale([1]);
  const cell = 72 * 40;
  for (const [value, cells] of [[1, 1], [0, 1], [0.5, 2]] as const) {
    const share = count(picture, scale.colourOf(value)) / (cells * cell);
    t.true(share > 0.75 && share < 1.1, `${value}: ${share}`);
  }
});

test("a heat map of any size can be opened: names and values that do not fit are left out", (t) => {
  const wide = heatMap({ title: "m", rows: ["a"], columns: Array.from({ length: 4096 }, (_, i) => `latent ${i}`), values: [Array.from({ length: 4096 }, (_, i) => i)] });
  t.true(wide.height < 200);
  const long = heatMap({ title: "m", rows: ["a"], columns: ["orientation of the shape"], values: [[1]] });
  t.true(long.height > 250, "a long name stands upright");
  t.notThrows(() => heatMap({ title: "nothing", rows: [], columns: [], values: [] }));
});

test("a turned image reads upwards: its first column becomes the last row", (t) => {
  const image: Image = { width: 3, height: 2, channels: 1, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6) };
  t.deepEqual(turned(image), { width: 2, height: 3, channels: 1, pixels: Uint8Array.of(3, 6, 2, 5, 1, 4) });
});
