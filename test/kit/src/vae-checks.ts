import { batchShape, expectPosterior, expectVae, freeze, signedSpace, type Step, type VaePlugin } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import assert from "node:assert/strict";
import { backboneChecks } from "./backbone-checks.js";
import { vaeBatchGroupCheck } from "./batch-group-checks.js";
import { createCheck, type Check } from "./check.js";
import { createGanSubject } from "./gan-subject.js";
import { kindChecks } from "./option-checks.js";
import { referenceGan } from "./reference/reference-gan.js";
import { completeSample, sampleNormal, samplePixels, type Sample } from "./sample.js";
import { readAll, repeat, runStep, withEngine } from "./sample-engine.js";
import { adam, imageCount, ratesOf } from "./subject.js";
import { allFinite, assertSame, largest } from "./values.js";
import { vaeLossChecks } from "./vae-loss-checks.js";
import { builtVae, createVaeSubject } from "./vae-subject.js";

/** What a VAE plugin promises to core, to stage 2 and to its user. */
export function vaeChecks(plugin: VaePlugin, partial: Partial<Sample> = {}): readonly Check[] {
  const sample = completeSample(partial);
  const build = (seed: number) => createVaeSubject(plugin, sample, seed);
  const { batch, latentDim } = sample;
  return kindChecks("vae", plugin, sample, () => [
    createCheck("builds an encoder, a decoder and a loss, and says what that sums", () => void expectVae(builtVae(plugin, sample), plugin.name)),
    ...backboneChecks(build, sample),
    ...vaeLossChecks(plugin, sample),
    vaeBatchGroupCheck(plugin, sample),
    createCheck("encodes to a mean and a log variance for each latent, and decodes to images of the declared space", () =>
      withEngine(sample, async (engine) => {
        const { backbone, ...subject } = build(sample.seed);
        const { encoder, decoder } = backbone;
        assert.equal(encoder.latentDim, latentDim, "encoder.latentDim is not the context's.");
        assert.deepEqual(encoder.input, decoder.output, "The decoder makes images of another space than the encoder takes.");
        const shapes: Record<string, readonly number[]> = {};
        const step: Step = {
          ...subject.forward,
          run({ x, c }) {
            const { mean, logVar } = expectPosterior(encoder.encode(x as tf.Tensor4D), "the encoder");
            const decoded = decoder.decode(c as tf.Tensor2D);
            const outputs = { mean, logVar, decoded, image: decoder.image(decoded) };
            for (const [name, { shape }] of Object.entries(outputs)) shapes[name] = shape;
            return outputs;
          },
        };
        const [outputs = {}] = await runStep(engine, step, subject.forwardFeeds());
        const image = batchShape(encoder.input, batch);
        assert.deepEqual(shapes, { mean: [batch, latentDim], logVar: [batch, latentDim], decoded: image, image });
        for (const [name, values] of Object.entries(outputs)) assert.ok(allFinite(values), `${name} is not finite.`);
      }),
    ),
    createCheck("lets gradients through the encoder to its image, which is how stage 2 learns", () =>
      withEngine(sample, async (engine) => {
        const { encoder } = build(sample.seed).backbone;
        for (const output of ["mean", "logVar"] as const) {
          const step: Step = {
            name: `testkit-gradient-of-${output}`,
            inputs: { x: batchShape(encoder.input, batch), direction: [batch, latentDim] },
            run: ({ x, direction }) => ({
              gradient: tf.grad((image) => tf.sum(tf.mul(encoder.encode(image as tf.Tensor4D)[output], direction as tf.Tensor2D)))(x as tf.Tensor4D),
            }),
          };
          const feeds = { x: samplePixels(sample), direction: sampleNormal(sample, "direction", batch * latentDim) };
          const [{ gradient = new Float32Array() } = {}] = await runStep(engine, step, feeds);
          assert.ok(allFinite(gradient), `The gradient of ${output} with respect to the image is not finite.`);
          for (let i = 0; i < batch; i += 1) {
            const ofImage = gradient.subarray(i * imageCount(sample), (i + 1) * imageCount(sample));
            assert.ok(largest(ofImage) > 0, `The gradient of ${output} with respect to image ${i} is zero.`);
          }
        }
      }),
    ),
    createCheck("keeps images in the declared range, whatever the decoder returns", () =>
      withEngine(sample, async (engine) => {
        const { decoder } = build(sample.seed).backbone;
        const [low, high] = decoder.output.range;
        const step: Step = {
          name: "testkit-image-range",
          inputs: { decoded: batchShape(decoder.output, batch), c: [batch, latentDim] },
          run: ({ decoded, c }) => ({ any: decoder.image(decoded as tf.Tensor4D), far: decoder.image(decoder.decode(c as tf.Tensor2D)) }),
        };
        const wide = (name: string, count: number) => sampleNormal(sample, name, count).map((value) => 100 * value);
        const [outputs = {}] = await runStep(engine, step, { decoded: wide("decoded", batch * imageCount(sample)), c: wide("c", batch * latentDim) });
        for (const values of Object.values(outputs)) {
          const outside = values.find((value) => !(value >= low && value <= high));
          assert.equal(outside, undefined, `decoder.image gave ${outside}, outside of [${low}, ${high}].`);
        }
      }),
    ),
    createCheck("keeps every byte of the frozen encoder through updates of stage 2", () =>
      withEngine(sample, async (engine) => {
        const { encoder } = build(sample.seed).backbone;
        const teacher = freeze(encoder, signedSpace(sample.size, sample.channels), "testkit");
        const before = await readAll(engine, Object.entries(encoder.weights));
        const gan = createGanSubject(referenceGan, { ...sample, options: {} }, sample.seed, { teacher });
        await runStep(engine, gan.update(adam), gan.feeds(ratesOf(gan, 0.1)), 2);
        assertSame(await readAll(engine, Object.entries(encoder.weights)), before, "Two updates of stage 2");
      }),
    ),
    createCheck("trains the VAE and its adversary apart", () =>
      withEngine(sample, async (engine) => {
        const subject = build(sample.seed);
        const compiled = await engine.compile(subject.update(adam));
        for (const network of subject.networks) {
          const others = subject.networks.filter(({ name }) => name !== network.name);
          for (const other of others) {
            const before = await readAll(engine, Object.entries(other.weights));
            await repeat(compiled, subject.feeds(ratesOf(subject, sample.learningRate, network)), 1);
            assertSame(await readAll(engine, Object.entries(other.weights)), before, `An update of the ${network.name} alone, seen by the ${other.name}`);
          }
        }
        await compiled.dispose();
      }),
    ),
  ]);
}
