import { writePng } from "@idgan/core";
import onnx from "@idgan/engine-onnx";
import tensorflow from "@idgan/engine-tensorflow";
import betatcvae from "@idgan/plugin-betatcvae";
import betavae from "@idgan/plugin-betavae";
import arrays from "@idgan/plugin-data-arrays";
import images from "@idgan/plugin-data-images";
import dcgan from "@idgan/plugin-dcgan";
import dipvae from "@idgan/plugin-dipvae";
import factorvae from "@idgan/plugin-factorvae";
import disentanglement from "@idgan/plugin-metrics-disentanglement";
import distillation from "@idgan/plugin-metrics-distillation";
import resnetgan from "@idgan/plugin-resnetgan";
import fidelity from "@idgan/plugin-metrics-fidelity";
import scenes from "@idgan/plugin-scenes";
import sprites from "@idgan/plugin-sprites";
import stylegan from "@idgan/plugin-stylegan";
import { dataChecks, engineChecks, ganChecks, metricsChecks, packageChecks, referenceGan, referenceVae, vaeChecks, type Check } from "@idgan/testkit";
import test from "ava";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { root } from "./source-tree.js";

const onOnnx = { engine: () => onnx.create({ threads: 1, providers: ["cpu"], memory: "pooled" }) };
const pictures = mkdtempSync(join(tmpdir(), "idgan-conformance-"));
test.before(() => drawPictures(pictures, 3));
test.after.always(() => rmSync(pictures, { recursive: true }));

/** As published it is wide and deep, which proves no more here. */
const smallDiscriminator = { hiddenLayers: 2, width: 16 };

/** Of the official widths, a hundredth. */
const smallStyles = { width: 32, maxWidth: 6, styleDim: 8, mappingLayers: 2 };

/** The check that goes through every phase; what the others see, smaller images show as well. */
const ofR1 = (checks: readonly Check[]): readonly Check[] => checks.filter(({ title }) => title.includes("R1"));

/** Scores of the kit's 96 images, where the protocols ask for thousands. */
const fewImages = { train: 64, test: 32 };
const fewBatches = { train: 60, evaluation: 30, batch: 8 };
const fewer = {
  "factor-vae": { ...fewBatches, variances: 64 },
  "beta-vae": fewBatches,
  sap: fewImages,
  dci: { ...fewImages, trees: 5 },
  explicitness: fewImages,
  udr: { images: 64 },
  ...Object.fromEntries(["mig", "modularity", "irs", "gaussian-tc", "wasserstein-correlation", "wasserstein-correlation-normalised", "pairwise-mi", "active-units"].map((name) => [name, { train: 64 }])),
};

const fewerCodes = {
  ...Object.fromEntries(["id-nll", "id-information", "code-recovery"].map((name) => [name, { images: 64 }])),
  "code-leakage": { codes: 16 },
  "code-invariance": { codes: 16, draws: 4 },
};

/** Few images, and no weights, wherever the tests run. */
const fewGenerated = { samples: 60, real: 60 };
const withoutWeights = Object.fromEntries(fidelity.metrics({}).filter(({ options }) => "weights" in (options as object)).map(({ name, protocol }) => [`${name}@${protocol}`, { weights: "nowhere" }]));
const ofTheEncoder = Object.fromEntries(["frechet", "kernel-distance", "precision", "recall", "density", "coverage"].map((name) => [`${name}@encoder`, fewGenerated]));

/** Every plugin of this repository passes the kit, with the options that make it another network, and on the other engine. */
const conforming: Readonly<Record<string, readonly Check[]>> = {
  betavae: vaeChecks(betavae),
  "betavae with a Gaussian decoder and a capacity, on engine-onnx,": vaeChecks(betavae, { channels: 3, options: { decoder: "gaussian", capacity: 25 }, ...onOnnx }),
  factorvae: vaeChecks(factorvae, { options: smallDiscriminator }),
  "factorvae with its own codes permuted, on engine-onnx,": vaeChecks(factorvae, { channels: 3, options: { ...smallDiscriminator, permutedCodes: "same-batch", decoder: "gaussian" }, ...onOnnx }),
  "factorvae with halves of a batch, on engine-onnx,": vaeChecks(factorvae, { options: { ...smallDiscriminator, permutedCodes: "second-half", reduction: "mean", gamma: 0.1 }, ...onOnnx }),
  betatcvae: vaeChecks(betatcvae),
  "betatcvae by stratified sampling, on engine-onnx,": vaeChecks(betatcvae, { channels: 3, options: { estimator: "stratified", decoder: "gaussian" }, ...onOnnx }),
  dipvae: vaeChecks(dipvae),
  "dipvae of type i on engine-onnx": vaeChecks(dipvae, { options: { type: "i", lambdaD: 100 }, ...onOnnx }),
  "dcgan's official pair": ganChecks(dcgan),
  "dcgan's official pair at 32 pixels, on engine-onnx,": ganChecks(dcgan, { size: 32, ...onOnnx }),
  "dcgan's Radford pair": ganChecks(dcgan, { channels: 3, options: { architecture: "dcgan", width: 8 } }),
  "dcgan's Radford pair without batch norm": ganChecks(dcgan, { options: { architecture: "dcgan", width: 8, batchNorm: false } }),
  resnetgan: ganChecks(resnetgan, { options: { width: 4, maxWidth: 6 } }),
  "resnetgan at 32 pixels, on engine-onnx,": ganChecks(resnetgan, { size: 32, channels: 3, options: { width: 4, maxWidth: 12, initialisation: "he" }, ...onOnnx }),
  "stylegan on engine-onnx": ganChecks(stylegan, { size: 8, channels: 3, options: smallStyles, ...onOnnx }),
  "stylegan grown from 8 to 64 pixels, on engine-onnx,": ofR1(ganChecks(stylegan, { size: 64, options: { ...smallStyles, width: 64, maxWidth: 4, stableImages: 64, fadeImages: 64 }, ...onOnnx })),
  "the progressive GAN, with WGAN-GP, on engine-onnx,": ganChecks(stylegan, { size: 8, options: { ...smallStyles, architecture: "progressive", loss: "wasserstein" }, ...onOnnx }),
  "resnetgan with a bottleneck": ganChecks(resnetgan, { channels: 3, options: { width: 4, bottleneck: true } }),
  "resnetgan with a bottleneck, on engine-onnx,": ganChecks(resnetgan, { size: 16, options: { width: 4, bottleneck: true }, ...onOnnx }),
  sprites: dataChecks(sprites, {}),
  "antialiased sprites": dataChecks(sprites, { size: 16, options: { antialias: true } }),
  "color sprites": dataChecks(sprites, { size: 16, channels: 3, options: { variant: "color", rule: "official" } }),
  "noisy sprites": dataChecks(sprites, { size: 16, channels: 3, options: { variant: "noisy" } }),
  "scream sprites": dataChecks(sprites, { size: 16, channels: 3, options: { variant: "scream" } }),
  scenes: dataChecks(scenes, { size: 16, channels: 3 }),
  "data-images": dataChecks(images, { options: { folder: ".", cache: pictures, workers: 1 }, folder: pictures }),
  "data-images without a prepared file": dataChecks(images, { options: { folder: ".", prepare: false, workers: 0, flip: true, dequantise: true }, folder: pictures }),
  "data-arrays": dataChecks(arrays, { options: { path: "parquet_images_snappy.parquet", cache: pictures }, folder: join(root, "test/fixtures") }),
  "data-arrays with factors": dataChecks(arrays, { channels: 1, options: { path: "small_dsprites.npz", cache: pictures }, folder: join(root, "test/fixtures") }),
  "metrics-disentanglement": metricsChecks(disentanglement, { sizes: fewer }),
  "metrics-distillation": metricsChecks(distillation, { sizes: fewerCodes }),
  "metrics-fidelity": metricsChecks(fidelity, { sizes: { ...withoutWeights, ...ofTheEncoder, "kernel-distance@encoder": { ...fewGenerated, subset: 30, subsets: 5 } } }),
  "engine-onnx": engineChecks(onnx, { options: { threads: 1 } }),
  "engine-onnx with frugal memory": engineChecks(onnx, { options: { threads: 1, memory: "frugal" } }),
  "the reference VAE on engine-onnx": vaeChecks(referenceVae, onOnnx),
  "the reference GAN on engine-onnx": ganChecks(referenceGan, onOnnx),
};

for (const [plugin, checks] of Object.entries(conforming)) {
  for (const check of checks) test(`${plugin} ${check.title}`, async (t) => t.notThrowsAsync(check.run()));
}

const published = [
  betavae,
  factorvae,
  betatcvae,
  dipvae,
  dcgan,
  resnetgan,
  scenes,
  sprites,
  stylegan,
  images,
  arrays,
  disentanglement,
  distillation,
  fidelity,
  onnx,
  tensorflow,
];

for (const plugin of published) {
  const folder = join(root, "plugins", plugin.name.replace(/^@idgan\/(plugin-)?/, ""));
  for (const check of packageChecks(folder, plugin)) test(`the package of ${plugin.name} ${check.title}`, async (t) => t.notThrowsAsync(check.run()));
}

test("the kit's README holds a whole test file for node:test, which runs as it stands", async (t) => {
  const readme = readFileSync(join(root, "test/kit/README.md"), "utf8");
  const [, example = ""] = /```js\n(import test from "node:test";[\s\S]*?)```/.exec(readme) ?? [];
  const file = fileURLToPath(new URL("outsider.mjs", import.meta.url));
  writeFileSync(file, example.replace("../dist/index.js", "@idgan/plugin-betavae"));
  t.teardown(() => rmSync(file));
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { stdout } = await promisify(execFile)(process.execPath, ["--test", "--test-reporter=tap", file], { env });
  t.regex(stdout, /^# pass [1-9]\d*$/m);
  t.regex(stdout, /^# fail 0$/m);
});

/** Writes pictures of one grey each. */
async function drawPictures(folder: string, count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    await writePng(join(folder, `${i}.png`), { width: 8, height: 8, channels: 3, pixels: new Uint8Array(8 * 8 * 3).fill(40 * (i + 1)) });
  }
}
