import { batchShape, describeSpace, expectGan, signedSpace, type GanPlugin, type Step } from "@idgan/core";
import type * as tf from "@tensorflow/tfjs";
import assert from "node:assert/strict";
import { backboneChecks } from "./backbone-checks.js";
import { ganBatchGroupCheck } from "./batch-group-checks.js";
import { createCheck, type Check } from "./check.js";
import { assertR1Gradient } from "./r1-gradient.js";
import { builtGan, createGanSubject, signedPixels, type GanSubject } from "./gan-subject.js";
import { kindChecks } from "./option-checks.js";
import { completeSample, type Sample } from "./sample.js";
import { forward, readAll, repeat, runStep, withEngine } from "./sample-engine.js";
import { adam, allWeights, createRecorder, imageCount, ratesOf } from "./subject.js";
import { allFinite, assertSame, largest } from "./values.js";

/** Factors by which weights are made larger until a bounded output would show. */
const enlargements = [1, 4, 16, 64, 256, 1024] as const;

/** How far beyond its range a pixel may lie, relative to the range: some engines' tanh exceeds 1 by a unit in the last place. */
const overshoot = 1e-6;

/** What a GAN plugin promises to core and to its user. */
export function ganChecks(plugin: GanPlugin, partial: Partial<Sample> = {}): readonly Check[] {
  const sample = completeSample(partial);
  const build = (seed: number) => createGanSubject(plugin, sample, seed);
  const { batch, latentDim, nuisanceDim } = sample;
  return kindChecks("gan", plugin, sample, () => [
    createCheck("builds a generator, a discriminator and a loss of each", () => void expectGan(builtGan(plugin, sample), plugin.name)),
    ...backboneChecks(build, sample),
    ganBatchGroupCheck(plugin, sample),
    createCheck("generates images of the declared space", () =>
      withEngine(sample, async (engine) => {
        const subject = build(sample.seed);
        const { generator } = subject.backbone;
        const space = signedSpace(sample.size, sample.channels);
        assert.deepEqual(generator.output, space, `The generator declares ${describeSpace(generator.output)}; it was asked for ${describeSpace(space)}.`);
        assert.deepEqual([generator.latentDim, generator.nuisanceDim], [latentDim, nuisanceDim], "latentDim and nuisanceDim are not the context's.");
        let shape: readonly number[] = [];
        const step: Step = {
          ...subject.forward,
          run({ s, c }) {
            const image = generator.generate(s as tf.Tensor2D, c as tf.Tensor2D);
            ({ shape } = image);
            return { image };
          },
        };
        const [{ image = new Float32Array() } = {}] = await runStep(engine, step, subject.forwardFeeds());
        assert.deepEqual(shape, batchShape(space, batch), "The shape of the generated images.");
        assert.ok(allFinite(image), "The generated images are not finite.");
      }),
    ),
    createCheck("keeps its images in the declared range, whatever its weights", () =>
      withEngine(sample, async (engine) => {
        const subject = build(sample.seed);
        const [low, high] = subject.backbone.generator.output.range;
        await forEachEnlargement(engine, subject, ({ image = new Float32Array() }) => {
          const slack = overshoot * (high - low);
          const outside = image.find((value) => value < low - slack || value > high + slack);
          assert.equal(outside, undefined, `A pixel is ${outside}, outside of [${low}, ${high}].`);
          return !allFinite(image);
        });
      }),
    ),
    createCheck("makes every dimension of c move its images", () => withEngine(sample, (engine) => assertMoves(engine, build(sample.seed), sample, "c", latentDim))),
    createCheck("makes every dimension of s move its images", () => withEngine(sample, (engine) => assertMoves(engine, build(sample.seed), sample, "s", nuisanceDim))),
    createCheck("works without a nuisance variable", () =>
      withEngine(sample, async (engine) => {
        const subject = createGanSubject(plugin, { ...sample, nuisanceDim: 0 });
        const { image = new Float32Array() } = await forward(engine, subject);
        assert.equal(image.length, batch * imageCount(sample), "With nuisanceDim 0 the generator makes images of another size.");
        assert.ok(allFinite(image), "With nuisanceDim 0 the generated images are not finite.");
        const [outputs = {}] = await runStep(engine, subject.update(createRecorder().optimize), subject.feeds(ratesOf(subject, 0)));
        assert.ok(Number.isFinite(outputs["generator/total"]?.[0]), "With nuisanceDim 0 the generator's total is not finite.");
      }),
    ),
    createCheck("returns one unbounded logit for each image, before any sigmoid", () =>
      withEngine(sample, async (engine) => {
        const subject = build(sample.seed);
        let shape: readonly number[] = [];
        const { logits: judge } = subject.backbone.discriminator;
        const step: Step = {
          name: "testkit-logits",
          inputs: { x: batchShape(subject.backbone.generator.output, batch) },
          run({ x }) {
            const logits = judge.call(subject.backbone.discriminator, x as tf.Tensor4D);
            ({ shape } = logits);
            return { logits };
          },
        };
        await runStep(engine, step, { x: signedPixels(sample) });
        assert.deepEqual(shape, [batch, 1], "The shape of the logits.");
        let most = 0;
        await forEachEnlargement(engine, subject, ({ logits = new Float32Array() }) => {
          if (allFinite(logits)) most = Math.max(most, largest(logits));
          return most > 1 || !allFinite(logits);
        });
        assert.ok(most > 1, `However large the weights, no logit exceeds ${most}: these are probabilities, or otherwise bounded.`);
      }),
    ),
    createCheck("trains the discriminator and the generator apart", () =>
      withEngine(sample, async (engine) => {
        const subject = build(sample.seed);
        const compiled = await engine.compile(subject.update(adam));
        for (const network of subject.networks) {
          for (const other of subject.networks.filter(({ name }) => name !== network.name)) {
            const before = await readAll(engine, Object.entries(other.weights));
            await repeat(compiled, subject.feeds(ratesOf(subject, 0.1, network)), 1);
            assertSame(await readAll(engine, Object.entries(other.weights)), before, `An update of the ${network.name} alone, seen by the ${other.name}`);
          }
        }
        await compiled.dispose();
      }),
    ),
    createCheck("has a discriminator that differentiates twice: R1's gradient is that of finite differences", () =>
      withEngine(sample, (engine) => assertR1Gradient(engine, build(sample.seed).backbone, sample)),
    ),
  ]);
}

type Engine = Parameters<typeof forward>[0];

/** Multiplies all weights by each factor in turn and shows the outputs, until `look` says that it has seen enough. */
async function forEachEnlargement(engine: Engine, subject: GanSubject, look: (outputs: Readonly<Record<string, Float32Array>>) => boolean): Promise<void> {
  const original = await readAll(engine, allWeights(subject));
  for (const factor of enlargements) {
    for (const [name, variable] of allWeights(subject)) {
      await engine.write(variable, (original.get(name) ?? new Float32Array()).map((value) => factor * value));
    }
    if (look(await forward(engine, subject))) return;
  }
}

/** Changes one dimension of c or s at a time, for the whole batch. */
async function assertMoves(engine: Engine, subject: GanSubject, { batch, ...sample }: Sample, input: "c" | "s", width: number): Promise<void> {
  const feeds = subject.forwardFeeds();
  const compiled = await engine.compile(subject.forward);
  const { image: still = new Float32Array() } = await compiled.run(feeds);
  const visible = 1e-6 * largest(still);
  for (let dimension = 0; dimension < width; dimension += 1) {
    const moved = (feeds[input] ?? new Float32Array()).map((value, i) => (i % width === dimension ? value + 1 : value));
    const { image = new Float32Array() } = await compiled.run({ ...feeds, [input]: moved });
    const count = image.length / batch;
    for (let i = 0; i < batch; i += 1) {
      const change = image.subarray(i * count, (i + 1) * count).map((value, pixel) => value - (still[i * count + pixel] ?? 0));
      assert.ok(largest(change) > visible, `Dimension ${dimension} of ${input} (of ${width}; seed ${sample.seed}) changes no pixel of image ${i}.`);
    }
  }
  await compiled.dispose();
}
