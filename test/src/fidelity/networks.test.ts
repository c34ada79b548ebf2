import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { unitSpace, type Engine } from "@idgan/core";
import { createOnnxEngine } from "@idgan/engine-onnx";
import { createExtractor, createInception, createLpips, createSqueezeNet, createVgg16, ImageStep, openFile, openNetwork, lpipsFiles, squeezenetFiles, type LpipsBackbone, type Network } from "@idgan/plugin-metrics-fidelity";
import * as tf from "@tensorflow/tfjs";
import test, { type ExecutionContext } from "ava";
import { drawnBytes, formulaTensors, type Shapes } from "./formula-weights.js";
import { torchRand } from "./torch-random.js";

interface Fixture {
  readonly networks: readonly { readonly network: string; readonly thin?: number; readonly shapes: Shapes; readonly cases: readonly { readonly size: number; readonly channels: number; readonly every: number; readonly features: readonly number[] }[] }[];
  readonly lpips: readonly { readonly network: LpipsBackbone; readonly size: number; readonly shapes: Shapes; readonly linear: Shapes; readonly distances: readonly number[] }[];
}

const fixture = JSON.parse(readFileSync(new URL("../../fixtures/feature_networks.json", import.meta.url), "utf8")) as Fixture;
const shared = new URL("../../../../shared/data/", import.meta.url);
/** Of the largest number beside it. */
const tolerance = 1e-4;

/** Builds a network for a test, and finds no tensor left behind. */
async function withEngine(t: ExecutionContext, body: (engine: Engine) => Promise<void>): Promise<void> {
  const before = tf.memory().numTensors;
  const engine = await createOnnxEngine({ threads: 2, providers: ["cpu"] });
  await body(engine);
  await engine.dispose();
  t.is(tf.memory().numTensors, before);
}

function near(t: ExecutionContext, found: ArrayLike<number>, expected: readonly number[], what: string): void {
  t.is(found.length, expected.length);
  const scale = Math.max(...expected.map(Math.abs));
  const error = Math.max(...expected.map((value, i) => Math.abs((found[i] ?? Number.NaN) - value)));
  t.true(error <= tolerance * scale, `${what}: an error of ${error} beside ${scale}`);
}

const creators: Readonly<Record<string, (shapes: Shapes, thin: number) => Network>> = {
  inception2015: (shapes) => createInception(formulaTensors(shapes), "formula"),
  vgg16: (shapes, thin) => createVgg16(formulaTensors(shapes), "formula", thin),
  squeezenet: (shapes) => createSqueezeNet(formulaTensors(shapes), "formula"),
};

for (const { network, thin = 1, shapes, cases } of fixture.networks) {
  test.serial(`features of ${network}${thin === 1 ? "" : `, ${thin} times thinner,`} equal PyTorch's, Pillow's resizing included`, (t) =>
    withEngine(t, async (engine) => {
      const extractor = createExtractor(network, "formula", engine, creators[network]?.(shapes, thin) as Network, 2);
      const found: Float32Array[] = [];
      for (const { size, channels, every, features } of cases) {
        const image = drawnBytes(size, channels);
        const two = await extractor.features(new Float32Array([...image, ...image.map((value) => 1 - value)]), unitSpace(size, channels));
        t.is(two.length, 2 * extractor.featureCount);
        const first = two.subarray(0, extractor.featureCount).filter((_, i) => i % every === 0);
        near(t, first, features, `${size}x${size}x${channels}`);
        t.true(two.subarray(0, extractor.featureCount).some((value, i) => value !== two[extractor.featureCount + i]));
        found.push(first);
      }
      const [a, b] = cases;
      // A random network of a hundred layers says nearly the same of every picture; so what it says differently is compared too.
      if (a && b) {
        const difference = b.features.map((value, i) => value - (a.features[i] ?? 0));
        const scale = Math.max(...difference.map(Math.abs));
        t.true(difference.every((value, i) => Math.abs((found[1]?.[i] ?? 0) - (found[0]?.[i] ?? 0) - value) < 0.01 * scale), `differences beside ${scale}`);
      }
      await t.throwsAsync(extractor.features(new Float32Array(8), unitSpace(2, 2)), { message: /looks at images of 1 or 3 channels, and these have 2/ });
      if (network !== "inception2015") await t.throwsAsync(extractor.features(new Float32Array(64 * 64).fill(Number.NaN), unitSpace(64, 1)), { message: /gives NaN or infinite features/ });
      await extractor.dispose();
    }));
}

for (const { network, size, shapes, linear, distances } of fixture.lpips) {
  test.serial(`LPIPS on ${network} equals the lpips package's`, (t) =>
    withEngine(t, async (engine) => {
      const lpips = createLpips(network, { tensors: formulaTensors(shapes), where: "formula" }, { tensors: formulaTensors(linear), where: "formula" });
      const step = perceptualStep(engine, lpips.distance, 4);
      const image = drawnBytes(size, 3);
      const pick = (from: (x: number, y: number) => number) => image.map((_, k) => image[3 * from(Math.floor(k / 3) % size, Math.floor(k / 3 / size)) + (k % 3)] ?? 0);
      const flipped = pick((x, y) => y * size + size - 1 - x);
      const turned = pick((x, y) => x * size + y);
      const found = await step.run([new Float32Array([...image, ...image, ...image]), new Float32Array([...flipped, ...turned, ...image])], unitSpace(size, 3));
      near(t, found, distances, "distances");
      await step.dispose();
      lpips.dispose();
    }));
}

function perceptualStep(engine: Engine, distance: (a: tf.Tensor4D, b: tf.Tensor4D) => tf.Tensor, batch: number): ImageStep {
  const signed = (x: tf.Tensor4D | undefined): tf.Tensor4D => tf.sub(tf.mul<tf.Tensor4D>(x as tf.Tensor4D, 2), 1);
  return new ImageStep(engine, "lpips", batch, ([a, b]) => distance(signed(a), signed(b)));
}

const weights = fileURLToPath(shared);
const isShared = existsSync(weights);

(isShared ? test.serial : test.skip)("LPIPS on SqueezeNet gives torchmetrics' 0.1008 for its pair of noise, with the published weights (needs ../shared/data)", (t) =>
  withEngine(t, async (engine) => {
    const lpips = createLpips("squeezenet", await openFile(squeezenetFiles, weights), await openFile([lpipsFiles.squeezenet], weights));
    const step = perceptualStep(engine, lpips.distance, 10);
    const rand = torchRand(123);
    const [a, b] = [rand(10 * 3 * 100 * 100), rand(10 * 3 * 100 * 100)].map((planes) => {
      const pixels = new Float32Array(planes.length);
      for (let k = 0; k < planes.length; k += 1) {
        const [image, channel, place] = [Math.floor(k / 30_000), Math.floor(k / 10_000) % 3, k % 10_000];
        pixels[(image * 10_000 + place) * 3 + channel] = planes[k] ?? 0;
      }
      return pixels;
    }) as [Float32Array, Float32Array];
    const distances = await step.run([a, b], unitSpace(100, 3));
    const mean = distances.reduce((sum, value) => sum + value, 0) / distances.length;
    t.is(mean.toFixed(4), "0.1008");
    await step.dispose();
    lpips.dispose();
  }));

(isShared ? test.serial : test.skip)("the published SqueezeNet is found in a folder of folders, and describes what it sees (needs ../shared/data)", (t) =>
  withEngine(t, async (engine) => {
    const extractor = await openNetwork("squeezenet", engine, weights);
    t.is(extractor.hash, "184b4c61c28972ef77377d08df55c328a25e3079a367dc720f5c77b4f3399539");
    const features = await extractor.features(drawnBytes(32, 1), unitSpace(32, 1));
    t.is(features.length, 512);
    t.true(features.some((value) => value > 1));
    await extractor.dispose();
  }));

for (const [what, change, said] of [
  ["a layer that is missing", (shapes: Shapes) => Object.fromEntries(Object.entries(shapes).filter(([name]) => name !== "features.3.squeeze.bias")), /under features\.3\.squeeze\.bias it holds nothing, and this network needs \[16\]/],
  ["a layer of another shape", (shapes: Shapes) => ({ ...shapes, "features.0.weight": [96, 3, 7, 7] }), /has another layout: under features\.0\.weight it holds \[96, 3, 7, 7\], and this network needs \[64, 3, 3, 3\]/],
] as const) {
  test(`${what} is named`, (t) => {
    const shapes = fixture.networks.find(({ network }) => network === "squeezenet")?.shapes ?? {};
    t.throws(() => createSqueezeNet(formulaTensors(change(shapes)), "formula"), { message: said });
  });
}
