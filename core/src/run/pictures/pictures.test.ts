import test from "ava";
import * as fs from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fixedCodePicture, fixedNuisancePicture } from "./fixed-part-picture.js";
import { glyphHeight, glyphOf, glyphWidth } from "./font.js";
import { background, grid } from "./grid.js";
import { blank, type Image, imagesOf, paste } from "./image.js";
import { encodePng, readPng, writePng } from "./png.js";
import { samplesPicture } from "./samples-picture.js";
import { displayed, downscale, upscale } from "./scaling.js";
import { drawText, textHeight, textWidth } from "./text.js";
import { traversalPicture } from "./traversal-picture.js";
import { tripletsPicture } from "./triplets-picture.js";

const root = await fs.mkdtemp(join(tmpdir(), "idgan-pictures-"));
test.after.always(async () => fs.rm(root, { recursive: true }));

function shadeAt(image: Image, x: number, y: number): number | undefined {
  return image.pixels[(y * image.width + x) * image.channels];
}

/** Where in a picture each shade lies, as `x,y` of its first pixel; text and background left out. */
function placesOf(picture: Image, shades: readonly number[]): readonly string[] {
  return shades.map((shade) => {
    const at = picture.pixels.indexOf(shade) / picture.channels;
    return `${at % picture.width},${Math.floor(at / picture.width)}`;
  });
}

/** Whether anything but the background is drawn in this rectangle. */
function isDrawn(image: Image, left: number, top: number, width: number, height: number): boolean {
  for (let y = top; y < top + height; y += 1) {
    for (let x = left; x < left + width; x += 1) if (shadeAt(image, x, y) !== background) return true;
  }
  return false;
}

/** 64x64 tiles of different shades, which no text has: shown at 128. */
function tiles(count: number, first = 100): Image[] {
  return Array.from({ length: count }, (_, index) => blank(64, 64, 1, first + index));
}

const all = [...Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)), "²"];

test("the range of a space becomes 0 to 255, rounded, and what lies beyond is clamped", (t) => {
  const [image] = imagesOf(Float32Array.from([-1, 1, 0, -3, 9, 0.004]), { height: 2, width: 3, channels: 1, range: [-1, 1] });
  t.deepEqual(image, { width: 3, height: 2, channels: 1, pixels: Uint8Array.from([0, 255, 128, 0, 255, 128]) });
  const [nan] = imagesOf(Float32Array.of(Number.NaN), { height: 1, width: 1, channels: 1, range: [0, 1] });
  t.is(nan?.pixels[0], 0);
});

test("a batch is cut into images, pixels of a channel count that no screen has shown in part", (t) => {
  const values = Float32Array.from({ length: 8 }, (_, index) => index / 255);
  const space = { height: 1, width: 2, range: [0, 1] as const };
  const cut = (channels: number): readonly string[] => imagesOf(values, { ...space, channels }).map(({ pixels }) => pixels.join());
  t.deepEqual(cut(1), ["0,1", "2,3", "4,5", "6,7"]);
  t.deepEqual(cut(2), ["0,2", "4,6"]);
  t.deepEqual(cut(4), ["0,1,2,4,5,6"]);
  t.throws(() => imagesOf(values, { ...space, channels: 3 }), { code: "INTERNAL" });
});

test("pasting turns grey into colour and cuts off what lies outside", (t) => {
  const canvas = blank(3, 2, 3, 0);
  paste(canvas, { width: 2, height: 2, channels: 1, pixels: Uint8Array.from([1, 2, 3, 4]) }, 2, -1);
  t.deepEqual([...canvas.pixels], [0, 0, 0, 0, 0, 0, 3, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
});

test("enlarging repeats pixels, reducing takes their mean, and one undoes the other", (t) => {
  const image: Image = { width: 2, height: 1, channels: 3, pixels: Uint8Array.from([1, 2, 3, 200, 100, 50]) };
  const large = upscale(image, 2);
  t.deepEqual([...large.pixels.subarray(0, 12)], [1, 2, 3, 1, 2, 3, 200, 100, 50, 200, 100, 50]);
  t.deepEqual(downscale(large, 2), image);
  t.deepEqual([...downscale({ width: 3, height: 2, channels: 1, pixels: Uint8Array.from([0, 10, 99, 20, 31, 99]) }, 2).pixels], [15]);
});

test("small images are enlarged and huge ones reduced by whole factors, mixed sizes to one tile", (t) => {
  const shownAs = (...sides: number[]): number[] => displayed(sides.map((side) => blank(side, side, 1, 9))).map(({ width }) => width);
  t.deepEqual(shownAs(64), [128]);
  t.deepEqual(shownAs(32), [128]);
  t.deepEqual(shownAs(8), [128]);
  t.deepEqual(shownAs(100), [100]);
  t.deepEqual(shownAs(256), [256]);
  t.deepEqual(shownAs(1024), [512]);
  t.deepEqual(shownAs(64, 256), [256, 256]);
  t.deepEqual(shownAs(64, 1024), [512, 512]);
  t.deepEqual(shownAs(48, 64), [96, 128]);
});

test("a grid puts image n at row n / columns, column n % columns, with gaps, margin and background", (t) => {
  const picture = grid([1, 2, 3, 4, 5].map((shade) => blank(2, 3, 1, shade)), 3, { gap: 1, margin: 2, background: 77 });
  t.deepEqual([picture.width, picture.height], [2 + 3 * 2 + 2 * 1 + 2, 2 + 2 * 3 + 1 + 2]);
  t.deepEqual([1, 2, 3, 4, 5].map((shade) => picture.pixels.indexOf(shade)), [[2, 2], [5, 2], [8, 2], [2, 6], [5, 6]].map(([x = 0, y = 0]) => y * 12 + x));
  t.is(picture.pixels.filter((shade) => shade === 77).length, 12 * 11 - 5 * 6);
  t.is(grid([blank(2, 2, 1, 0), blank(2, 2, 3, 0)], 2).channels, 3);
});

test("every printable ASCII character, and the square of R², has a glyph of its own that fits its cell and touches no neighbour", (t) => {
  const drawn = all.map((character) => glyphOf(character).join());
  t.is(new Set(drawn).size, 96);
  for (const character of all) {
    t.is(glyphOf(character).length, glyphHeight, character);
    t.true(glyphOf(character).every((dots) => dots >= 0 && dots < 1 << glyphWidth), character);
  }
  t.is(Math.max(...glyphOf(" ")), 0);
  t.is(drawn.filter((rows) => rows === glyphOf(" ").join()).length, 1);
  t.is(glyphOf("é").join(), glyphOf("?").join());
});

test("letters stand on the baseline, and only those with a tail reach below it", (t) => {
  const below = all.filter((character) => glyphOf(character).slice(7).some((dots) => dots > 0)).join("");
  t.is(below, "(),;[]_gjpqy{|}");
  for (const character of "ABCxyz019hmn") t.true((glyphOf(character)[6] ?? 0) > 0, character);
});

test("characters that are easily confused differ in at least two dots", (t) => {
  const dotsOf = (character: string): string => glyphOf(character).map((dots) => dots.toString(2).padStart(glyphWidth, "0")).join("");
  for (const [a = "", b = ""] of ["0O", "1l", "1I", "lI", "l|", "5S", "8B", "2Z", "CG", "-_", "69", "uv", ",.", ":;", "([", "gq"]) {
    const differing = [...dotsOf(a)].filter((dot, index) => dot !== dotsOf(b)[index]).length;
    t.true(differing >= 2, `${a} ${b}`);
  }
});

test("text is as wide as it says, at any scale, and is cut off at the edge", (t) => {
  for (const scale of [1, 2, 3]) {
    const canvas = blank(100, 40, 1, background);
    drawText(canvas, "H#", 4, 5, { scale, shade: 240 });
    const width = textWidth("H#", scale);
    t.is(width, 11 * scale);
    t.true(isDrawn(canvas, 4, 5, scale, scale), "upper left dot of the H");
    t.true(isDrawn(canvas, 4 + width - scale, 5, scale, textHeight(scale)), "last column of the #");
    t.false(isDrawn(canvas, 4 + width, 0, 100 - 4 - width, 40));
    t.false(isDrawn(canvas, 0, 0, 4, 40));
  }
  const small = blank(8, 6, 1, background);
  t.notThrows(() => drawText(small, "WWW", 3, -2, { scale: 2, shade: 1 }));
  t.is(textWidth("", 2), 0);
});

test("a PNG comes back pixel for pixel, grey and colour, and no half one is left", async (t) => {
  for (const channels of [1, 3] as const) {
    const image: Image = { width: 5, height: 7, channels, pixels: Uint8Array.from({ length: 35 * channels }, (_, index) => (index * 37) % 256) };
    const path = join(root, `${channels}.png`);
    await writePng(path, image);
    t.deepEqual(await readPng(path), image);
    t.deepEqual(await fs.readFile(path), Buffer.from(encodePng(image)));
  }
  await t.throwsAsync(writePng(join(root, "no", "a.png"), blank(1, 1, 1, 0)), { code: "RUN_WRITE", message: /a\.png could not be written/ });
  t.deepEqual((await fs.readdir(root)).sort(), ["1.png", "3.png"]);
});

test("samples fill a sheet as square as they allow", (t) => {
  const picture = samplesPicture(tiles(5));
  t.deepEqual([picture.width, picture.height], [3 * 128 + 2 * 4 + 32, 2 * 128 + 4 + 32]);
  t.deepEqual(placesOf(picture, [100, 102, 103]), ["16,16", "280,16", "16,148"]);
});

test("triplets stand under each other in three labelled rows, and wrap", (t) => {
  const picture = tripletsPicture({ real: tiles(3, 100), reconstruction: tiles(3, 110), generated: tiles(3, 120) }, 2);
  const left = 16 + textWidth("ID-GAN", 2) + 12;
  t.deepEqual(placesOf(picture, [100, 101, 110, 120, 121]), [`${left},16`, `${left + 132},16`, `${left},148`, `${left},280`, `${left + 132},280`]);
  t.deepEqual(placesOf(picture, [102, 112]), [`${left},${280 + 132 + 12}`, `${left},${280 + 132 + 12 + 132}`]);
  for (const row of [0, 1, 2]) t.true(isDrawn(picture, 16, 16 + row * 132, left - 28, 128), `label of row ${row}`);
});

test("without a generator, as in stage 1, real and VAE stand alone", (t) => {
  const picture = tripletsPicture({ real: tiles(1, 100), reconstruction: tiles(1, 110) });
  const left = 16 + textWidth("real", 2) + 12;
  t.deepEqual(placesOf(picture, [100, 110]), [`${left},16`, `${left},148`]);
  t.is(picture.height, 2 * 128 + 4 + 32);
});

test("a traversal's rows fall by KL, with the KL at the left and the values above", (t) => {
  const rows = [0.5, 12.25, 3].map((kl, index) => ({ label: `c${index}`, kl, images: tiles(3, 100 + 10 * index) }));
  const picture = traversalPicture(rows, [-3, 0, 1.5]);
  const left = 16 + textWidth("c1  KL 12.25", 2) + 12;
  const top = 16 + textHeight(2) + 4;
  t.deepEqual(placesOf(picture, [110, 111, 120, 100]), [`${left},${top}`, `${left + 132},${top}`, `${left},${top + 132}`, `${left},${top + 264}`]);

  const expected = blank(left - 12, 18, 1, background);
  drawText(expected, "c0  KL  0.50", 16, 0, { scale: 2, shade: 190 });
  const label = blank(left - 12, 18, 1, background);
  paste(label, picture, 0, -(top + 264 + 55 + 2));
  t.deepEqual(label, expected);

  const heading = blank(128, 18, 1, background);
  drawText(heading, "+1.5", (128 - textWidth("+1.5", 2)) / 2, 0, { scale: 2, shade: 190 });
  const found = blank(128, 18, 1, background);
  paste(found, picture, -(left + 264), -16);
  t.deepEqual(found, heading);
});

test("sorting the rows of a traversal leaves the list that was given as it was", (t) => {
  const rows = [1, 2].map((kl, index) => ({ label: `c${index}`, kl, images: tiles(1) }));
  traversalPicture(rows, [0]);
  t.deepEqual(rows.map(({ kl }) => kl), [1, 2]);
});

test("fixed code: a row a code after its real image; fixed nuisance: the same images turned round", (t) => {
  const real = tiles(2, 90);
  const generated = [tiles(3, 100), tiles(3, 110)];
  const code = fixedCodePicture({ real, generated });
  const [x, y] = placesOf(code, [90])[0]!.split(",").map(Number) as [number, number];
  t.deepEqual(placesOf(code, [100, 102, 91, 110]), [`${x + 144},${y}`, `${x + 144 + 264},${y}`, `${x},${y + 132}`, `${x + 144},${y + 132}`]);
  const nuisance = fixedNuisancePicture({ real, generated });
  const [u, v] = placesOf(nuisance, [90])[0]!.split(",").map(Number) as [number, number];
  t.deepEqual(placesOf(nuisance, [91, 100, 110, 101]), [`${u + 132},${v}`, `${u},${v + 144}`, `${u + 132},${v + 144}`, `${u},${v + 144 + 132}`]);
  t.true(isDrawn(code, 16, 16, textWidth("each row", 2), 18) && isDrawn(nuisance, 16, 16, textWidth("each row", 2), 18));
});

test("pictures of nothing are empty sheets, not failures", (t) => {
  t.notThrows(() => [samplesPicture([]), tripletsPicture({ real: [], reconstruction: [], generated: [] }), traversalPicture([], []), fixedCodePicture({ real: [], generated: [] })].map(encodePng));
});
