import type { Dataset } from "../contract/dataset.js";
import type { FrozenEncoder } from "../contract/encoder.js";
import type { CompiledStep, Engine } from "../contract/engine.js";
import type { GanBackbone } from "../contract/gan-backbone.js";
import type { Phase } from "../contract/growth.js";
import type { Weights } from "../contract/weights.js";
import type { Hooks, StepResult } from "../hooks.js";
import { createOptimizer } from "../ops/optimizers/create-optimizer.js";
import type { OptimizerSpec } from "../ops/optimizers/optimizer.js";
import type { CodeSource } from "./code.js";
import { expectGanOutputs } from "./expect-outputs.js";
import { expectSaved } from "./expect-saved.js";
import { FeedQueue } from "./feed-queue.js";
import { trainedWeights } from "./gan-players.js";
import { compileGanMicrobatches } from "./gan-microbatches.js";
import { ganUpdate, type GanUpdate } from "./gan-update.js";
import { GrowthSchedule } from "./growth-schedule.js";
import { lossesOf } from "./losses-of.js";
import { divideBatch, type Microbatches } from "./microbatch.js";
import type { Stage } from "./stage.js";
import { prefixed } from "./step-noise.js";
import { synthesiseFeeds } from "./synthesise-feeds.js";

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
  /** Updates that were made before, by a run that is continued. Default 0. */
  readonly step?: number;
  readonly batch: number;
  /** Images whose gradients are computed at once; all of the batch where it is missing. */
  readonly microbatch?: number | null;
  readonly code: CodeSource;
  readonly idWeight: number;
  readonly idDelay?: number;
  readonly r1Weight: number;
  /** R1 enters every n-th update, n times as heavy ("lazy regularisation", Karras 2020, section 3.1). */
  readonly r1Interval: number;
  readonly averageDecay: number;
  /** In images; takes the place of `averageDecay` where it is given. */
  readonly averageHalfLife?: number | null;
  readonly averageWarmup: boolean;
  readonly generatorOptimizer: OptimizerSpec;
  readonly discriminatorOptimizer: OptimizerSpec;
}

/** What stage 2's step is made of, data and engine left out. */
export type SynthesiseStepSettings = Omit<SynthesiseSettings, "engine" | "dataset" | "seed" | "step">;

/** Name of the term in the losses. */
const R1 = "discriminator/r1";

/** The steps of one phase, compiled. */
interface Compiled {
  readonly key: string;
  readonly regularised: CompiledStep;
  readonly plain: CompiledStep;
}

/** Stage 2: trains the generator against the discriminator, and against the frozen encoder's reading of its images. */
export class SynthesiseStage implements Stage {
  readonly name = "synthesise";
  readonly steps: number;
  readonly state: Weights;
  step: number;
  readonly #settings: SynthesiseSettings;
  readonly #model: Model;
  readonly #feeds: FeedQueue;
  #compiled: Compiled | undefined;
  #r1: Readonly<Record<string, number>> = {};

  private constructor(settings: SynthesiseSettings, model: Model) {
    this.steps = settings.steps;
    this.step = settings.step ?? 0;
    this.state = model.state;
    this.#settings = settings;
    this.#model = model;
    this.#feeds = new FeedQueue(synthesiseFeeds(settings, model.schedule), settings.steps);
  }

  static async create(settings: SynthesiseSettings): Promise<SynthesiseStage> {
    const stage = new SynthesiseStage(settings, prepare(settings));
    await stage.#compile(stage.step);
    return stage;
  }

  /** Traces the steps of every phase and compiles none: throws what `create` and the updates would throw of networks and losses that break the contract. */
  static check(settings: SynthesiseStepSettings): void {
    const { state, slots, schedule, updateOf } = prepare(settings);
    try {
      const phases = schedule?.starts(settings.steps) ?? [undefined];
      for (const moment of phases) {
        const update = updateOf(settings.r1Weight * settings.r1Interval, moment?.phase);
        const parts = microbatchesOf(settings, update);
        const game = { ...update, batch: parts?.size ?? update.batch };
        expectGanOutputs(game);
        expectSaved(ganUpdate(game), state);
      }
    } finally {
      for (const slot of Object.values(slots)) slot.dispose();
    }
  }

  get batch(): number {
    return this.#model.schedule?.at(this.step).batch ?? this.#settings.batch;
  }

  get phase(): Phase | undefined {
    return this.#model.schedule?.at(Math.max(0, this.step - 1)).phase;
  }

  async update(fetch: boolean): Promise<StepResult> {
    const { step } = this;
    const { schedule } = this.#model;
    const { regularised, plain } = await this.#compile(step);
    if (schedule?.begins(step)) await this.#forgetGradients();
    const feeds = await this.#feeds.take(step);
    const running = (step % this.#settings.r1Interval === 0 ? regularised : plain).run(feeds, fetch);
    this.#feeds.prepare(step + 1);
    const outputs = await running;
    this.#feeds.giveBack(feeds);
    this.step += 1;
    const losses = lossesOf(outputs);
    // A lazy r1 is told of in every update, as it last was: the updates that are logged may all be ones without it.
    if (R1 in losses) this.#r1 = { [R1]: losses[R1]! };
    const moment = schedule?.at(step);
    return {
      stage: this.name,
      step: this.step,
      imagesShown: moment === undefined ? this.step * this.#settings.batch : moment.imagesShown + moment.batch,
      losses: fetch ? { ...this.#r1, ...losses } : losses,
      ...(moment === undefined ? {} : { phase: moment.phase }),
    };
  }

  async dispose(): Promise<void> {
    await this.#feeds.settle();
    for (const slot of Object.values(this.#model.slots)) slot.dispose();
    await this.#release();
  }

  /** The steps of an update's phase; those of the phase before are given up first, so that one at a time takes memory. */
  async #compile(step: number): Promise<Compiled> {
    const { r1Weight, r1Interval, engine } = this.#settings;
    const phase = this.#model.schedule?.at(step).phase;
    const key = phase?.key ?? "";
    if (this.#compiled?.key === key) return this.#compiled;
    await this.#release();
    const compile = (weight: number) => {
      const update = this.#model.updateOf(weight, phase);
      const parts = microbatchesOf(this.#settings, update);
      expectGanOutputs({ ...update, batch: parts?.size ?? update.batch });
      if (parts) return compileGanMicrobatches(engine, update, parts, this.state);
      const made = ganUpdate(update);
      expectSaved(made, this.state);
      return engine.compile(made);
    };
    const regularised = await compile(r1Weight * r1Interval);
    const plain = r1Interval > 1 && r1Weight > 0 ? await compile(0) : regularised;
    this.#compiled = { key, regularised, plain };
    return this.#compiled;
  }

  async #release(): Promise<void> {
    const compiled = this.#compiled;
    this.#compiled = undefined;
    await compiled?.regularised.dispose();
    if (compiled && compiled.plain !== compiled.regularised) await compiled.plain.dispose();
  }

  /** Optimizers begin anew with each phase, as the official progressive code has it: what they remember is of another network. */
  async #forgetGradients(): Promise<void> {
    for (const slot of Object.values(this.#model.slots)) await this.#settings.engine.write(slot, new Float32Array(slot.size));
  }
}

function microbatchesOf({ microbatch }: SynthesiseStepSettings, { backbone, batch, phase }: GanUpdate): Microbatches | undefined {
  const noise = [backbone.noise?.(batch, phase), backbone.generator.noise?.(batch, phase)];
  return divideBatch({ key: "synthesise.microbatch", microbatch, batch, batchGroup: backbone.batchGroup, noise });
}

/** The variables of the stage, and its update for a weight of r1 in a phase. */
interface Model {
  readonly state: Weights;
  readonly slots: Weights;
  readonly schedule: GrowthSchedule | undefined;
  readonly updateOf: (r1Weight: number, phase: Phase | undefined) => GanUpdate;
}

function prepare(settings: SynthesiseStepSettings): Model {
  const { backbone, batch: usual, averageDecay, averageHalfLife } = settings;
  const { generator, discriminator, state: own, growth } = backbone;
  const schedule = growth && new GrowthSchedule(growth, generator.output.height, usual);
  const generatorSlots = createOptimizer(settings.generatorOptimizer, generator.weights).slots;
  const discriminatorSlots = createOptimizer(settings.discriminatorOptimizer, discriminator.weights).slots;
  const slots = { ...prefixed("generatorOptimizer", generatorSlots), ...prefixed("discriminatorOptimizer", discriminatorSlots) };
  const networks = { ...prefixed("generator", generator.weights), ...prefixed("discriminator", discriminator.weights), ...prefixed("state", own?.weights ?? {}) };
  const state = { ...networks, ...prefixed("average", settings.average), ...slots };
  const updateOf: Model["updateOf"] = (r1Weight, phase) => {
    const batch = phase?.batch ?? usual;
    return {
      ...settings,
      batch,
      phase: phase && { key: phase.key, resolution: phase.resolution },
      r1Weight,
      averageDecay: averageHalfLife == null ? averageDecay : 0.5 ** (batch / averageHalfLife),
      generatorOptimizer: createOptimizer(settings.generatorOptimizer, trainedWeights(generator, phase), generatorSlots),
      discriminatorOptimizer: createOptimizer(settings.discriminatorOptimizer, trainedWeights(discriminator, phase), discriminatorSlots),
    };
  };
  return { state, slots, schedule, updateOf };
}
