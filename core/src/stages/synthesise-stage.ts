import type { Dataset } from "../contract/dataset.js";
import type { FrozenEncoder } from "../contract/encoder.js";
import type { CompiledStep, Engine, Step } from "../contract/engine.js";
import type { GanBackbone } from "../contract/gan-backbone.js";
import type { Weights } from "../contract/weights.js";
import type { Hooks, StepResult } from "../hooks.js";
import { createOptimizer } from "../ops/optimizers/create-optimizer.js";
import type { OptimizerSpec } from "../ops/optimizers/optimizer.js";
import { createStream } from "../ops/random/stream.js";
import { attributed } from "../trace/attributed.js";
import { BatchOrder } from "./batch-order.js";
import type { CodeSource } from "./code.js";
import { expectSaved } from "./expect-saved.js";
import { FeedQueue, type StepFeeds } from "./feed-queue.js";
import { ganUpdate } from "./gan-update.js";
import { lossesOf } from "./losses-of.js";
import { toRange } from "./pixel-range.js";
import type { Stage } from "./stage.js";
import { drawNoise, prefixed } from "./step-noise.js";

export interface SynthesiseSettings {
  readonly engine: Engine;
  readonly backbone: GanBackbone;
  /** Weights of a second copy of the generator, which hold the moving average. */
  readonly average: Weights;
  readonly teacher: FrozenEncoder;
  readonly dataset: Dataset;
  readonly hooks: Hooks;
  readonly seed: number;
  readonly steps: number;
  readonly batch: number;
  readonly code: CodeSource;
  readonly idWeight: number;
  readonly r1Weight: number;
  /** R1 enters every n-th update, n times as heavy ("lazy regularisation", Karras 2020, section 3.1). */
  readonly r1Interval: number;
  readonly averageDecay: number;
  readonly averageWarmup: boolean;
  readonly generatorOptimizer: OptimizerSpec;
  readonly discriminatorOptimizer: OptimizerSpec;
}

/** What stage 2's step is made of, data and engine left out. */
export type SynthesiseStepSettings = Omit<SynthesiseSettings, "engine" | "dataset" | "seed" | "steps">;

/** Name of the term in the losses. */
const R1 = "discriminator/r1";

/** Stage 2: trains the generator against the discriminator, and against the frozen encoder's reading of its images. */
export class SynthesiseStage implements Stage {
  readonly name = "synthesise";
  readonly steps: number;
  readonly batch: number;
  readonly state: Weights;
  step = 0;
  readonly #interval: number;
  readonly #slots: Weights;
  readonly #regularised: CompiledStep;
  readonly #plain: CompiledStep;
  readonly #feeds: FeedQueue;
  #r1: Readonly<Record<string, number>> = {};

  private constructor(settings: SynthesiseSettings, state: Weights, slots: Weights, regularised: CompiledStep, plain: CompiledStep) {
    this.steps = settings.steps;
    this.batch = settings.batch;
    this.state = state;
    this.#interval = settings.r1Interval;
    this.#slots = slots;
    this.#regularised = regularised;
    this.#plain = plain;
    this.#feeds = new FeedQueue(feedsOf(settings), settings.steps);
  }

  static async create(settings: SynthesiseSettings): Promise<SynthesiseStage> {
    const { engine, r1Weight, r1Interval } = settings;
    const { state, slots, stepOf } = prepare(settings);
    const compile = (weight: number) => {
      const step = stepOf(weight);
      expectSaved(step, state);
      return engine.compile(step);
    };
    const regularised = await compile(r1Weight * r1Interval);
    const plain = r1Interval > 1 && r1Weight > 0 ? await compile(0) : regularised;
    return new SynthesiseStage(settings, state, slots, regularised, plain);
  }

  /** Traces the step and compiles nothing: throws what `create` would throw of networks and losses that break the contract. */
  static check(settings: SynthesiseStepSettings): void {
    const { state, slots, stepOf } = prepare(settings);
    try {
      expectSaved(stepOf(settings.r1Weight * settings.r1Interval), state);
    } finally {
      for (const slot of Object.values(slots)) slot.dispose();
    }
  }

  async update(fetch: boolean): Promise<StepResult> {
    const feeds = await this.#feeds.take(this.step);
    const compiled = this.step % this.#interval === 0 ? this.#regularised : this.#plain;
    const running = compiled.run(feeds, fetch);
    this.#feeds.prepare(this.step + 1);
    const outputs = await running;
    this.step += 1;
    const losses = lossesOf(outputs);
    // A lazy r1 is told of in every update, as it last was: the updates that are logged may all be ones without it.
    if (R1 in losses) this.#r1 = { [R1]: losses[R1]! };
    return { stage: this.name, step: this.step, imagesShown: this.step * this.batch, losses: fetch ? { ...this.#r1, ...losses } : losses };
  }

  async dispose(): Promise<void> {
    await this.#feeds.settle();
    for (const slot of Object.values(this.#slots)) slot.dispose();
    await this.#regularised.dispose();
    if (this.#plain !== this.#regularised) await this.#plain.dispose();
  }
}

/** The variables of the stage, and its step for a weight of r1. */
function prepare(settings: SynthesiseStepSettings): { readonly state: Weights; readonly slots: Weights; readonly stepOf: (r1Weight: number) => Step } {
  const { generator, discriminator, state: own } = settings.backbone;
  const generatorOptimizer = createOptimizer(settings.generatorOptimizer, generator.weights);
  const discriminatorOptimizer = createOptimizer(settings.discriminatorOptimizer, discriminator.weights);
  const slots = { ...prefixed("generatorOptimizer", generatorOptimizer.slots), ...prefixed("discriminatorOptimizer", discriminatorOptimizer.slots) };
  const networks = { ...prefixed("generator", generator.weights), ...prefixed("discriminator", discriminator.weights), ...prefixed("state", own?.weights ?? {}) };
  const state = { ...networks, ...prefixed("average", settings.average), ...slots };
  return { state, slots, stepOf: (r1Weight) => ganUpdate({ ...settings, generatorOptimizer, discriminatorOptimizer, r1Weight }) };
}

/** The feeds of update `step`: real images, the noise that draws c, and a nuisance for each of the two players. */
function feedsOf(settings: SynthesiseSettings): (step: number) => Promise<StepFeeds> {
  const { backbone, dataset, seed, batch, code, teacher, generatorOptimizer, discriminatorOptimizer } = settings;
  const { nuisanceDim, output } = backbone.generator;
  const streamOf = (name: string) => createStream(seed, `synthesise/${name}`);
  const order = new BatchOrder(seed, "synthesise/shuffle", dataset.size, batch);
  const codeOrder = new BatchOrder(seed, "synthesise/codeShuffle", dataset.size, batch);
  const epsilon = streamOf("posterior");
  const discriminatorNuisance = streamOf("nuisance/discriminator");
  const generatorNuisance = streamOf("nuisance/generator");
  const specs = backbone.noise?.(batch);
  const images = async (from: BatchOrder, step: number) => toRange(await attributed(dataset.name, "DATA_INVALID", () => dataset.batch(from.at(step))), output.range);
  return async (step) => ({
    real: await images(order, step),
    ...(code === "shuffled" ? { codeImages: await images(codeOrder, step) } : {}),
    ...(code === "mean" ? {} : { epsilon: epsilon.normal(step, batch * teacher.latentDim) }),
    discriminatorNuisance: discriminatorNuisance.normal(step, batch * nuisanceDim),
    generatorNuisance: generatorNuisance.normal(step, batch * nuisanceDim),
    step: Float32Array.of(step),
    generatorLearningRate: Float32Array.of(generatorOptimizer.learningRate),
    discriminatorLearningRate: Float32Array.of(discriminatorOptimizer.learningRate),
    ...drawNoise(specs, streamOf, step),
  });
}
