import { createStream, IdganError } from "@idgan/core";
import test from "ava";
import { angleOf, grid, scaleOf, shapeNames } from "./factors.js";
import plugin, { createScenes } from "./index.js";
import { drawLightMaps, parts } from "./light-maps.js";
import { colourOf } from "./paint.js";
import { solids, type Meeting } from "./solid.js";

const scenes = (size: number) => createScenes({ cacheMegabytes: 64 }, size);
const draw = async (values: readonly number[], size = 32): Promise<Float32Array> => scenes(size).batch(grid.indicesOf(Int32Array.from(values)));
const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

/** Below 0 inside of each solid and above 0 outside, in its own words: distances from segments, planes and points. */
const outsideness: Readonly<Record<(typeof shapeNames)[number], (x: number, y: number, z: number) => number>> = {
  cube: (x, y, z) => Math.max(Math.abs(x), Math.abs(y - 0.75), Math.abs(z)) - 0.75,
  cylinder: (x, y, z) => Math.max(Math.hypot(x, z) - 0.8, y - 1.6, -y),
  sphere: (x, y, z) => Math.hypot(x, y - 0.92, z) - 0.92,
  capsule: (x, y, z) => Math.hypot(x, y - Math.min(1.35, Math.max(0.55, y)), z) - 0.55,
};

for (const [shape, name] of shapeNames.entries()) {
  test(`rays meet the ${name} where they enter it, with the normal of that place`, (t) => {
    const outside = outsideness[name];
    const noise = createStream(2, `test/${name}`).uniform(0, 6 * 2000);
    const at: Meeting = { distance: 0, nx: 0, ny: 0, nz: 0 };
    let met = 0;
    for (let ray = 0; ray < 2000; ray += 1) {
      const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = noise.subarray(6 * ray, 6 * ray + 6);
      const [ox, oy, oz] = [8 * a - 4, 2.5 + 2 * b, -4 - c] as const;
      const [dx, dy, dz] = [2 * d - 1 - ox / 4, 1.8 * e - oy / 1.5, 4 + f];
      solids[shape]?.(ox, oy, oz, dx, dy, dz, at);
      const place = (along: number): [number, number, number] => [ox + along * dx, oy + along * dy, oz + along * dz];
      const first = at.distance < 3 ? at.distance : 3;
      for (let i = 1; i < 60; i += 1) {
        const before = place((first * i) / 60);
        t.true(before[1] < 0 || outside(...before) > -1e-9, `ray ${ray} is inside before ${first}`);
      }
      if (at.distance > 3) continue;
      met += 1;
      t.true(Math.abs(outside(...place(at.distance))) < 1e-9);
      const [x, y, z] = place(at.distance);
      const [out, inside] = [1e-4, -1e-4].map((step) => outside(x + step * at.nx, y + step * at.ny, z + step * at.nz)) as [number, number];
      t.true(Math.abs(out - 1e-4) < 1e-6 && Math.abs(inside + 1e-4) < 1e-6, "along the normal it is one step out, against it one step in");
    }
    t.true(met > 100 && met < 1900, `${met} of 2000 rays meet it`);
  });
}

test("factors have the names, sizes and order of 3D Shapes, and lead to indices and back", (t) => {
  t.deepEqual(grid.factors.map(({ size }) => size), [10, 10, 10, 8, 4, 15]);
  t.is(grid.size, 480_000);
  t.deepEqual([...grid.factorValues([0, 1, 15, 479_999])], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 9, 9, 9, 7, 3, 14]);
  const indices = [0, 479_999, ...createStream(1, "test/indices").integers(0, 1000, 480_000)];
  t.deepEqual([...grid.indicesOf(grid.factorValues(indices))], indices);
  t.deepEqual([scaleOf(0), scaleOf(7), angleOf(0), angleOf(7), angleOf(14)], [0.75, 1.25, -Math.PI / 6, 0, Math.PI / 6]);
});

test("each hue colours its own surface and leaves the others as they are", async (t) => {
  const size = 64;
  const base = [1, 4, 7, 7, 1, 7];
  const plain = await draw(base, size);
  const changed = await Promise.all([0, 1, 2].map(async (factor) => {
    const other = await draw(base.map((value, i) => (i === factor ? value + 2 : value)), size);
    return Array.from({ length: size * size }, (_, pixel) => [0, 1, 2].some((channel) => other[3 * pixel + channel] !== plain[3 * pixel + channel]));
  }));
  const shares = changed.map((each) => mean(each.map(Number)));
  t.true(shares.every((share) => share > 0.03), `${shares}`);
  const touched = Array.from({ length: size * size }, (_, pixel) => changed.filter((each) => each[pixel]).length);
  t.true(touched.every((count) => count >= 1), "every pixel has a colour");
  t.true(mean(touched.map((count) => Number(count > 1))) < 0.12, "two surfaces share a pixel at edges alone");
});

test("hues go round the circle in ten steps of one brightness, from red", (t) => {
  const colours = Array.from({ length: 10 }, (_, value) => colourOf(value));
  t.deepEqual(colours[0]?.map((level) => level > 0.9), [true, false, false]);
  t.deepEqual(colours[5]?.map((level) => level > 0.9), [false, true, true]);
  for (const colour of colours) t.true(Math.max(...colour) > 0.999 && Math.min(...colour) < 0.05);
  t.is(new Set(colours.map(String)).size, 10);
});

test("edges are antialiased: a small picture is the average of a large one, at every shape and turn", (t) => {
  const tolerance = 0.01;
  for (const [shape, turn] of [[0, 2], [1, 7], [2, 12], [3, 0]] as const) {
    const [small, large] = [drawLightMaps(24, shape, 1, angleOf(turn)), drawLightMaps(192, shape, 1, angleOf(turn))];
    let worst = 0;
    let sum = 0;
    for (let i = 0; i < small.length; i += 1) {
      const [pixel, part] = [Math.floor(i / parts), i % parts];
      const [x, y] = [(pixel % 24) * 8, Math.floor(pixel / 24) * 8];
      let average = 0;
      for (let k = 0; k < 64; k += 1) average += (large[((y + (k >> 3)) * 192 + x + (k & 7)) * parts + part] as number) / 64;
      const off = Math.abs(average - (small[i] as number));
      worst = Math.max(worst, part === 3 ? 0 : off);
      sum += off / small.length;
    }
    t.true(sum < tolerance && worst < 0.12, `shape ${shape}: ${sum} on average, ${worst} at most`);
  }
});

test("the solid grows with its scale, and turning the room turns the cube", async (t) => {
  const area = (shape: number, scale: number): number => {
    const maps = drawLightMaps(64, shape, scaleOf(scale), 0);
    return mean(Array.from({ length: 64 * 64 }, (_, pixel) => Number((maps[pixel * parts + 2] as number) > 0)));
  };
  for (const shape of [0, 1, 2, 3]) {
    const areas = Array.from({ length: 8 }, (_, scale) => area(shape, scale));
    t.true(areas.every((value, i) => i === 0 || value > (areas[i - 1] as number)), `${shapeNames[shape]}: ${areas}`);
    t.true((areas[7] as number) / (areas[0] as number) > 2 && (areas[7] as number) < 0.4);
  }
  const turned = await Promise.all(Array.from({ length: 15 }, (_, turn) => draw([0, 3, 6, 4, 0, turn])));
  t.is(new Set(turned.map((image) => image.join())).size, 15);
});

test("an image is the same whatever was drawn before, and with memory for a single view", async (t) => {
  const indices = [...createStream(5, "test/order").integers(0, 30, 480_000)];
  const [kept, tight] = [scenes(16), createScenes({ cacheMegabytes: 0 }, 16)];
  const all = await kept.batch(indices);
  t.deepEqual(await tight.batch(indices), all);
  t.deepEqual(await kept.batch(indices.slice(7, 8)), all.slice(7 * 768, 8 * 768));
  t.true(all.every((value) => value >= 0 && value <= 1));
});

test("the plugin says that it renders, and refuses sizes that it does not draw", async (t) => {
  const opened = await plugin.open({ cacheMegabytes: 8 }, { size: 16, folder: ".", seed: 1 });
  t.regex(opened.name, /rendered/);
  t.deepEqual([opened.image.channels, opened.size], [3, 480_000]);
  for (const size of [7, 4097, 10.5]) t.is(t.throws(() => scenes(size), { instanceOf: IdganError })?.code, "CONFIG_VALUE");
  await t.throwsAsync(scenes(8).batch([480_000]), { message: /image 480000/ });
});
