import type { Dataset } from "../contract/dataset.js";
import type { CompiledStep, Engine } from "../contract/engine.js";
import type { VaeBackbone } from "../contract/vae-backbone.js";
import type { Weights } from "../contract/weights.js";
import type { Hooks, StepResult } from "../hooks.js";
import { createOptimizer } from "../ops/optimizers/create-optimizer.js";
import type { OptimizerSpec } from "../ops/optimizers/optimizer.js";
import { createStream } from "../ops/random/stream.js";
import { attributed } from "../trace/attributed.js";
import { BatchOrder } from "./batch-order.js";
import { expectVaeOutputs } from "./expect-outputs.js";
import { expectSaved } from "./expect-saved.js";
import { FeedQueue, type MakeFeeds } from "./feed-queue.js";
import { lossesOf } from "./losses-of.js";
import { divideBatch, type Microbatches } from "./microbatch.js";
import { drawNoise, prefixed } from "./step-noise.js";
import type { Stage } from "./stage.js";
import { compileVaeMicrobatches } from "./vae-microbatches.js";
import { vaeUpdate, vaeWeights, type VaeUpdate } from "./vae-update.js";

/** What the update itself depends on. */
export interface RepresentStepSettings {
  readonly backbone: VaeBackbone;
  readonly hooks: Hooks;
  readonly batch: number;
  /** Images whose gradients are computed at once; all of the batch where it is missing. */
  readonly microbatch?: number | null;
  readonly optimizer: OptimizerSpec;
  readonly adversaryOptimizer: OptimizerSpec;
}

export interface RepresentSettings extends RepresentStepSettings {
  readonly engine: Engine;
  readonly dataset: Dataset;
  readonly seed: number;
  readonly steps: number;
}

const NONE: Weights = {};

/** Stage 1: trains the VAE whose encoder will be frozen. */
export class RepresentStage implements Stage {
  readonly name = "represent";
  readonly steps: number;
  readonly batch: number;
  readonly state: Weights;
  step = 0;
  readonly #slots: Weights;
  readonly #compiled: CompiledStep;
  readonly #feeds: FeedQueue;

  private constructor(settings: RepresentSettings, state: Weights, slots: Weights, compiled: CompiledStep) {
    this.steps = settings.steps;
    this.batch = settings.batch;
    this.state = state;
    this.#slots = slots;
    this.#compiled = compiled;
    this.#feeds = new FeedQueue(feedsOf(settings), settings.steps);
  }

  static async create(settings: RepresentSettings): Promise<RepresentStage> {
    const { state, slots, update, parts } = prepare(settings);
    expectVaeOutputs(settings.backbone, parts?.size ?? update.batch);
    if (parts) return new RepresentStage(settings, state, slots, await compileVaeMicrobatches(settings.engine, update, parts, state));
    const step = vaeUpdate(update);
    expectSaved(step, state);
    return new RepresentStage(settings, state, slots, await settings.engine.compile(step));
  }

  /** Traces the step and compiles nothing: throws what `create` would throw of networks and losses that break the contract, or of a batch that they refuse. */
  static check(settings: RepresentStepSettings): void {
    const { state, slots, update, parts } = prepare(settings);
    const batch = parts?.size ?? update.batch;
    try {
      expectVaeOutputs(settings.backbone, batch);
      expectSaved(vaeUpdate({ ...update, batch }), state);
    } finally {
      for (const slot of Object.values(slots)) slot.dispose();
    }
  }

  async update(fetch: boolean): Promise<StepResult> {
    const feeds = await this.#feeds.take(this.step);
    const running = this.#compiled.run(feeds, fetch);
    this.#feeds.prepare(this.step + 1);
    const outputs = await running;
    this.#feeds.giveBack(feeds);
    this.step += 1;
    return { stage: this.name, step: this.step, imagesShown: this.step * this.batch, losses: lossesOf(outputs) };
  }

  async dispose(): Promise<void> {
    await this.#feeds.settle();
    await this.#compiled.dispose();
    for (const slot of Object.values(this.#slots)) slot.dispose();
  }
}

interface Model {
  readonly state: Weights;
  readonly slots: Weights;
  readonly update: VaeUpdate;
  readonly parts: Microbatches | undefined;
}

function prepare({ backbone, hooks, batch, microbatch, optimizer, adversaryOptimizer }: RepresentStepSettings): Model {
  // An adversary sees codes of the whole batch, permuted.
  const batchGroup = backbone.adversary ? undefined : backbone.batchGroup;
  const parts = divideBatch({ key: "represent.microbatch", microbatch, batch, batchGroup, noise: [backbone.noise?.(batch)] });
  const weights = vaeWeights(backbone);
  const own = createOptimizer(optimizer, weights);
  const rival = backbone.adversary && createOptimizer(adversaryOptimizer, backbone.adversary.weights);
  const ownSlots = prefixed("optimizer", own.slots);
  const rivalSlots = prefixed("adversaryOptimizer", rival?.slots ?? NONE);
  const state: Weights = { ...weights, ...ownSlots, ...prefixed("adversary", backbone.adversary?.weights ?? NONE), ...rivalSlots };
  return { state, slots: { ...ownSlots, ...rivalSlots }, update: { backbone, optimizer: own, adversaryOptimizer: rival, hooks, batch }, parts };
}

/** The feeds of update `step`: a batch of the epoch's order, and noise, each from its own stream. */
function feedsOf({ backbone, dataset, seed, batch, optimizer, adversaryOptimizer }: RepresentSettings): MakeFeeds {
  const order = new BatchOrder(seed, "represent/shuffle", dataset.size, batch);
  const epsilon = createStream(seed, "represent/posterior");
  const secondFeeds = backbone.adversary?.secondBatch ? secondFeedsOf({ backbone, dataset, seed, batch }) : undefined;
  const specs = backbone.noise?.(batch);
  const streamOf = (name: string) => createStream(seed, `represent/${name}`);
  return async (step, spare) => ({
    x: await attributed(dataset.name, "DATA_INVALID", () => dataset.batch(order.at(step), { stage: "represent", purpose: "real", step, first: 0 }, spare("x"))),
    ...(await secondFeeds?.(step, spare)),
    epsilon: epsilon.normal(step, batch * backbone.encoder.latentDim),
    step: Float32Array.of(step),
    learningRate: Float32Array.of(optimizer.learningRate),
    ...(backbone.adversary ? { adversaryLearningRate: Float32Array.of(adversaryOptimizer.learningRate) } : {}),
    ...drawNoise(specs, streamOf, step),
  });
}

/** The adversary's images of update `step`: an order of their own, so that the VAE's batches are the same with and without an adversary. */
function secondFeedsOf({ backbone, dataset, seed, batch }: Pick<RepresentSettings, "backbone" | "dataset" | "seed" | "batch">): MakeFeeds {
  const order = new BatchOrder(seed, "represent/second/shuffle", dataset.size, batch);
  const epsilon = createStream(seed, "represent/second/posterior");
  return async (step, spare) => ({
    second: await attributed(dataset.name, "DATA_INVALID", () => dataset.batch(order.at(step), { stage: "represent", purpose: "second", step, first: 0 }, spare("second"))),
    secondEpsilon: epsilon.normal(step, batch * backbone.encoder.latentDim),
  });
}
