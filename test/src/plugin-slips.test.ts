import { existsSync } from "node:fs";
import { join } from "node:path";
import { IdganError, type DataPlugin, type Dataset, type ErrorCode, type GanBackbone, type UserConfig, type VaeBackbone } from "@idgan/core";
import { buildReferenceGan, buildReferenceVae, dataChecks, ganChecks, openReferenceData, referenceData, referenceGan, referenceVae, vaeChecks, type Check } from "@idgan/testkit";
import * as tf from "@tensorflow/tfjs";
import test from "ava";
import { temporaryFolder, trained } from "./tiny-run.js";

type Slip = readonly [fault: string, change: (good: never) => unknown, message: RegExp];

const without = (key: string) => (good: object) => Object.fromEntries(Object.entries(good).filter(([name]) => name !== key));
const changed = (key: string, inner: (part: never) => unknown) => (good: object) => ({ ...good, [key]: inner((good as Readonly<Record<string, unknown>>)[key] as never) });

const vaeSlips: readonly Slip[] = [
  ["returns {} from build", () => ({}), /build returned nothing as encoder\. It must return \{ encoder, decoder, lossConvention, loss \}/],
  ["returns nothing from build", () => undefined, /build returned nothing\. It must return \{ encoder/],
  ["has an asynchronous build", async (good) => good, /build returned a promise.*Make it synchronous/],
  ["has a build that rejects", () => Promise.reject(new Error("no weights")), /build returned a promise/],
  ["has no decoder", without("decoder"), /nothing as decoder/],
  ["has an encoder without weights", changed("encoder", without("weights")), /nothing as encoder\.weights\. It must be tf\.Variables by name/],
  ["has tensors for weights", changed("encoder", (good: object) => ({ ...good, weights: { kernel: [1, 2] } })), /\{ kernel \} as encoder\.weights/],
  ["has an encoder that is its function", changed("encoder", () => () => undefined), /a function as encoder/],
  ["does not say its loss convention", without("lossConvention"), /nothing as lossConvention\. It must be a line that says what the loss sums/],
  ["has no loss", without("loss"), /nothing as loss\. It must be a function/],
  ["has an adversary without a loss", (good: VaeBackbone) => ({ ...good, adversary: { weights: {} } }), /nothing as adversary\.loss/],
  ["encodes to a bare tensor", encoding(({ mean }) => mean), /encode of the encoder of slip-vae returned one tensor, of shape \[8, 3\]\. Return \{ mean, logVar \}/],
  ["encodes to another name", encoding(({ mean, logVar }) => ({ mean, logVariance: logVar })), /encode of the encoder of slip-vae returned \{ mean, logVariance \}, without a tensor as logVar/],
  ["has one log variance for all latents", encoding(({ mean, logVar }) => ({ mean, logVar: tf.mean(logVar, 1, true) })), /encode of the encoder of slip-vae returned a logVar of shape \[8, 1\].*\[8, 3\]/],
  ["decodes to one colour an image", changed("decoder", (good: VaeBackbone["decoder"]) => ({ ...good, decode: (c: tf.Tensor2D) => tf.mean(good.decode(c), [1, 2], true) })), /decode of the decoder of slip-vae returned a tensor of shape \[8, 1, 1, 1\]/],
  ["throws in its loss", (good: VaeBackbone) => ({ ...good, loss: () => { throw new Error("a slip"); } }), /the VAE's loss of slip-vae: a slip/],
];

const ganSlips: readonly Slip[] = [
  ["returns nothing from build", () => undefined, /build returned nothing\. It must return \{ generator, discriminator, discriminatorLoss, generatorLoss \}/],
  ["has an asynchronous build", async (good) => good, /build returned a promise/],
  ["has no discriminator", without("discriminator"), /nothing as discriminator/],
  ["has no generator", without("generator"), /nothing as generator/],
  ["has no loss for its discriminator", without("discriminatorLoss"), /nothing as discriminatorLoss/],
  ["has three logits an image", judging((logits) => tf.tile(logits, [1, 3])), /logits of the discriminator of slip-gan returned a tensor of shape \[8, 3\].*\[8, 1\]/],
  ["has logits without their second axis", judging((logits) => tf.squeeze(logits, [1])), /logits of the discriminator of slip-gan returned a tensor of shape \[8\]/],
  ["generates one colour an image", changed("generator", (good: GanBackbone["generator"]) => ({ ...good, generate: (s: tf.Tensor2D, c: tf.Tensor2D) => tf.mean(good.generate(s, c), [1, 2], true) })), /generate of the generator of slip-gan returned a tensor of shape \[8, 1, 1, 1\]/],
  ["returns no terms", (good: GanBackbone) => ({ ...good, generatorLoss: () => undefined }), /the generator's loss of slip-gan: /],
];

const dataSlips: readonly Slip[] = [
  ["opens nothing", () => undefined, /open returned nothing\. It must return \{ name, size, image, fingerprint, batch \}/],
  ["has no image", without("image"), /nothing as image\. It must be \{ height, width, channels, range/],
  ["has no batch", without("batch"), /nothing as batch\. It must be a function/],
  ["has no fingerprint", without("fingerprint"), /nothing as fingerprint/],
  ["has no size", without("size"), /nothing as size\. It must be a whole number of images/],
  ["gives plain arrays", batching((pixels) => Array.from(pixels)), /batch returned an array for (\d+) images\. It must return a Float32Array of \d+, \[\1, 8, 8, 1\]/],
  ["gives doubles", batching((pixels) => Float64Array.from(pixels)), /batch returned an instance of Float64Array/],
  ["gives bytes", batching((pixels) => Uint8Array.from(pixels)), /batch returned an instance of Uint8Array/],
  ["gives nothing", batching(() => undefined), /batch returned nothing/],
  ["gives a number too few", batching((pixels) => pixels.subarray(1)), /batch returned \d+ numbers for \d+ images\. It must return a Float32Array of \d+, /],
  ["gives pixels in 0 to 255", batching((pixels) => pixels.map((value) => 255 * value)), /batch returned a pixel of \d+, and pixels lie in \[0, 1\]\. Divide bytes by 255/],
  ["gives pixels in -1 to 1", batching((pixels) => pixels.map((value) => 2 * value - 1)), /batch returned a pixel of -1/],
  ["gives NaN", batching((pixels) => pixels.fill(Number.NaN)), /batch returned a pixel of NaN/],
  ["cannot read in training", batching(() => { throw new Error("disk gone"); }), /batch of slip-data \(data\): disk gone/],
];

function encoding(change: (posterior: ReturnType<VaeBackbone["encoder"]["encode"]>) => unknown) {
  return ({ encoder, ...good }: VaeBackbone) => ({ ...good, encoder: { ...encoder, encode: (x: tf.Tensor4D) => change(encoder.encode(x)) } });
}

function judging(change: (logits: tf.Tensor2D) => tf.Tensor) {
  return ({ discriminator, ...good }: GanBackbone) => ({ ...good, discriminator: { ...discriminator, logits: (x: tf.Tensor4D) => change(discriminator.logits(x)) } });
}

function batching(change: (pixels: Float32Array) => unknown) {
  return ({ batch, ...good }: Dataset) => ({ ...good, batch: async (indices: ArrayLike<number>) => change(await batch(indices)) });
}

const vaeOf = (slip: Slip[1]): typeof referenceVae => ({ ...referenceVae, name: "slip-vae", build: (options, context) => slip(buildReferenceVae(options, context) as never) as VaeBackbone });
const ganOf = (slip: Slip[1]): typeof referenceGan => ({ ...referenceGan, name: "slip-gan", build: (options, context) => slip(buildReferenceGan(options, context) as never) as GanBackbone });
const dataOf = (slip: Slip[1]): typeof referenceData => ({ ...referenceData, name: "slip-data", open: async (options, context) => slip(openReferenceData(options, context) as never) as Dataset });

const runs: readonly (readonly [use: string, code: ErrorCode, slips: readonly Slip[], configOf: (slip: Slip[1]) => UserConfig])[] = [
  ["vae", "BACKBONE_INVALID", vaeSlips, (slip) => ({ vae: { use: vaeOf(slip) } })],
  ["gan", "BACKBONE_INVALID", ganSlips, (slip) => ({ gan: { use: ganOf(slip) } })],
  ["data", "DATA_INVALID", dataSlips, (slip) => ({ data: { use: dataOf(slip) as DataPlugin } })],
];

for (const [slot, code, slips, configOf] of runs) {
  for (const [fault, slip, message] of slips) {
    test.serial(`a ${slot} plugin that ${fault} is named, with what it did and what to do`, async (t) => {
      const out = join(temporaryFolder(), "run");
      const error = await t.throwsAsync(trained({ out, config: { presets: ["quickstart"], ...configOf(slip) } }), { instanceOf: IdganError, message });
      t.is((error as IdganError).code, code);
      t.true(error?.message.includes(`slip-${slot}`), error?.message);
      if (slot !== "data") t.false(existsSync(out), "It was found after the run had begun.");
    });
  }
}

test.serial("a dataset that cannot be read once a run is trained is named too, with what it threw", async (t) => {
  const gone = new Error("disk gone");
  const data = dataOf(({ batch, ...good }: Dataset) => ({ ...good, batch: (...[indices, draw]: Parameters<Dataset["batch"]>) => (draw === undefined ? Promise.reject(gone) : batch(indices)) }));
  const error = await t.throwsAsync(trained({ config: { presets: ["quickstart"], data: { use: data as DataPlugin } } }), { instanceOf: IdganError, message: "batch of slip-data (data): disk gone" });
  t.is((error as IdganError).code, "DATA_INVALID");
  t.is(error?.cause, gone);
});

test.serial("the kit says at once of a plugin without its parts, or of another kind, what is wrong, and nothing else", async (t) => {
  const failures = async (checks: readonly Check[]): Promise<readonly string[]> => {
    const results = await Promise.allSettled(checks.map((check) => check.run()));
    return results.flatMap((result) => (result.status === "rejected" ? [(result.reason as Error).message] : []));
  };
  const said = [
    [vaeChecks(vaeOf(() => ({}))), /slip-vae \(vae\): its build returned nothing as encoder/],
    [ganChecks(ganOf(() => undefined)), /slip-gan \(gan\): its build returned nothing\. It must return/],
    [dataChecks(dataOf(without("batch")), {}), /slip-data \(data\): its open returned nothing as batch/],
    [vaeChecks(referenceData as never), /@idgan\/reference-data is a plugin of kind "data"; use dataChecks/],
    [ganChecks(referenceVae as never), /@idgan\/reference-vae is a plugin of kind "vae"; use vaeChecks/],
    [dataChecks(referenceGan as never, {}), /@idgan\/reference-gan is a plugin of kind "gan"; use ganChecks/],
  ] as const;
  for (const [checks, message] of said) {
    const [first, ...others] = await failures(checks);
    t.regex(first ?? "", message);
    t.deepEqual(others, []);
  }
});
