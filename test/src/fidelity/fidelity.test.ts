import { existsSync, readFileSync } from "node:fs";
import test, { type ExecutionContext } from "ava";
import * as tf from "@tensorflow/tfjs";
import { createEagerEngine, unitSpace, type Engine } from "@idgan/core";
import { createOnnxEngine } from "@idgan/engine-onnx";
import { createSprites } from "@idgan/plugin-sprites";
import { frechetDistance, momentsOf, type Moments } from "./frechet.js";
import { readNpz } from "./npz.js";
import { createSqueezeNet } from "./squeezenet.js";

const shared = new URL("../../../../shared/data/", import.meta.url);
const frames = new URL("dsprites/gif_frames_320x64x64_u8.npz", shared);
const weights = new URL("squeezenet/squeezenet1_1_imagenet_fp16.npz", shared);

function fixture<Content>(name: string): Content {
  return JSON.parse(readFileSync(new URL(`../../fixtures/${name}.json`, import.meta.url), "utf8")) as Content;
}

function isNear(t: ExecutionContext, actual: number, expected: number, tolerance: number, what = ""): void {
  t.true(Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected)), `${what} ${actual} is not ${expected} within ${tolerance}`);
}

/** A Gaussian with a diagonal covariance. */
function diagonal(mean: readonly number[], deviations: readonly number[]): Moments {
  const covariance = new Float64Array(mean.length ** 2);
  for (const [i, deviation] of deviations.entries()) covariance[i * mean.length + i] = deviation ** 2;
  return { mean: Float64Array.from(mean), covariance };
}

test("the Fréchet distance of Gaussians with diagonal covariances is the distance of their means and deviations", (t) => {
  const tolerance = 1e-12;
  const [a, b] = [diagonal([1, -2, 0], [1, 2, 0]), diagonal([0, 2, 3], [3, 2, 0.5])];
  isNear(t, frechetDistance(a, b), 1 + 16 + 9 + 4 + 0 + 0.25, tolerance);
  isNear(t, frechetDistance(b, a), frechetDistance(a, b), tolerance);
  isNear(t, frechetDistance(a, a), 0, tolerance);
  t.throws(() => frechetDistance(a, diagonal([0], [1])), { message: /3 and of 1 features/ });
});

test("moments are the mean and the unbiased covariance", (t) => {
  const { mean, covariance } = momentsOf([1, 10, 2, 30, 6, 20], 2);
  isNear(t, mean[0] as number, 3, 1e-12);
  isNear(t, mean[1] as number, 20, 1e-12);
  for (const [i, expected] of [7, 5, 5, 100].entries()) isNear(t, covariance[i] as number, expected, 1e-12); // (4+1+9)/2, (20-10+0)/2, 200/2
  t.throws(() => momentsOf([1, 2, 3], 3), { message: /two or more/ });
});

test("the Fréchet distance of correlated vectors, more or fewer than their numbers, equals SciPy's", (t) => {
  const tolerance = 1e-6;
  const vectors = (count: number, size: number, phase: number): Float64Array =>
    Float64Array.from({ length: count * size }, (_, k) => {
      const [i, j] = [Math.floor(k / size), k % size];
      return Math.sin(1.7 * i * (j + 1) + phase) + (0.5 * Math.cos(0.9 * i + j * phase) * j) / size + 0.1 * phase;
    });
  for (const { count, size, distance } of fixture<{ cases: { count: number; size: number; distance: number }[] }>("frechet").cases) {
    const found = frechetDistance(momentsOf(vectors(count, size, 0.3), size), momentsOf(vectors(count, size, 1.1), size));
    isNear(t, found, distance, tolerance, `${count} of ${size}:`);
  }
});

/** The fixture script's picture, `[size, size, channels]`. */
function drawn(size: number, channels: number): Float32Array {
  return Float32Array.from({ length: size * size * channels }, (_, k) => {
    const [c, x, y] = [k % channels, Math.floor(k / channels) % size, Math.floor(k / channels / size)];
    return 0.5 + 0.3 * Math.sin(0.37 * x * (c + 1) + 0.2) * Math.cos(0.23 * y + c) + 0.2 * Math.sin(0.05 * x * y);
  });
}

/** At 224 the eager engine would take most of the test's time. */
const engineFor = (side: number): Promise<Engine> => (side < 100 ? Promise.resolve(createEagerEngine()) : createOnnxEngine({ threads: 2, providers: ["cpu"] }));
const cases = fixture<{ cases: { size: number; channels: number; side: number; features: number[] }[] }>("squeezenet").cases;

for (const { size, channels, side, features: expected } of cases) {
  (existsSync(weights) ? test.serial : test.skip)(`SqueezeNet's features equal PyTorch's, ${size}x${size}x${channels} at ${side} (needs ../shared/data)`, async (t) => {
    const tolerance = 1e-4;
    const before = tf.memory().numTensors;
    const engine = await engineFor(side);
    const network = await createSqueezeNet(engine, weights, { image: unitSpace(size, channels), batch: 2, side });
    const image = drawn(size, channels);
    const three = new Float32Array([...image, ...image.map((pixel) => 1 - pixel), ...image]); // one full batch and a half
    const features = await network.features(three);
    t.is(features.length, 3 * network.featureCount);
    for (const start of [0, 2 * network.featureCount]) {
      for (const [i, value] of expected.entries()) isNear(t, features[start + i] as number, value, tolerance, `feature ${i}:`);
    }
    t.notDeepEqual(features.subarray(0, 512), features.subarray(512, 1024));
    await network.dispose();
    await engine.dispose();
    t.is(tf.memory().numTensors, before);
  });
}

(existsSync(frames) ? test : test.skip)("every one of dSprites' 320 real frames is a sprite drawn to the pixel (needs ../shared/data)", async (t) => {
  const { shape, data } = readNpz(frames).get("imgs") ?? { shape: [], data: new Uint8Array() };
  t.deepEqual(shape, [320, 64, 64]);
  const sprites = createSprites({ antialias: false }, 64);
  const codes: number[][] = [];
  for (let i = 0; i < 3 * 6 * 40; i += 1) codes.push([0, Math.floor(i / 240), Math.floor(i / 40) % 6, i % 40, 0, 0]);
  for (let i = 0; i < 3 * 32 * 32; i += 1) codes.push([0, Math.floor(i / 1024), 5, 0, Math.floor(i / 32) % 32, i % 32]);
  const indices = sprites.indicesOf?.(Int32Array.from(codes.flat())) ?? new Uint32Array();
  const images = await sprites.batch(indices);
  const drawnBefore = new Map(codes.map((code, i) => [keyOf(images.subarray(i * 4096, (i + 1) * 4096)), code]));
  const shapes = [0, 0, 0];
  for (let frame = 0; frame < 320; frame += 1) {
    const code = drawnBefore.get(keyOf(data.subarray(frame * 4096, (frame + 1) * 4096)));
    t.truthy(code, `frame ${frame} is no sprite`);
    const drawnShape = code?.[1] ?? 0;
    shapes[drawnShape] = (shapes[drawnShape] ?? 0) + 1;
  }
  t.deepEqual(shapes, [64, 64, 192]);
});

function keyOf(image: ArrayLike<number>): string {
  return Buffer.from(Uint8Array.from(image)).toString("latin1");
}
