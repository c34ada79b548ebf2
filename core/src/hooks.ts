import { AsyncSeriesHook, SyncHook, SyncWaterfallHook } from "tapable";
import type { FrozenEncoder } from "./contract/encoder.js";
import type { DiscriminatorStep, GeneratorStep } from "./contract/gan-backbone.js";
import type { Phase } from "./contract/growth.js";
import type { LossTerm } from "./contract/loss-term.js";
import type { VaeStep } from "./contract/vae-backbone.js";
import { attribute } from "./attribute.js";

/** Stage 1 represents images as codes; stage 2 synthesises images from codes. */
export type StageName = "represent" | "synthesise";

/** What is told of a run as a whole. */
export interface RunInfo {
  readonly directory: string;
  readonly seed: number;
}

export interface StageInfo {
  readonly stage: StageName;
  /** Updates that the stage makes in all. */
  readonly steps: number;
  /** Updates already done when the stage begins or ends. */
  readonly step: number;
}

/** Plain numbers of one update, so that a tap cannot leak tensors. */
export interface StepResult {
  readonly stage: StageName;
  /** Updates done, this one included. */
  readonly step: number;
  readonly imagesShown: number;
  /** Unweighted values by term name; empty where the engine left them on the device. */
  readonly losses: Readonly<Record<string, number>>;
  /** Where a GAN that grows stood in this update. */
  readonly phase?: Phase;
}

type Terms<Step> = SyncWaterfallHook<[terms: readonly LossTerm[], step: Step]>;

/** All hooks of a run, in the order in which they are first called. */
export function createHooks() {
  return Object.freeze({
    beforeRun: attribute(new AsyncSeriesHook<[run: RunInfo]>(["run"], "beforeRun")),
    beforeStage: attribute(new AsyncSeriesHook<[info: StageInfo]>(["info"], "beforeStage")),
    /** The three loss hooks run inside the traced step, in the gradient's scope: plain tfjs, return the terms, dispose nothing. */
    vaeLoss: attribute(new SyncWaterfallHook(["terms", "step"], "vaeLoss") as Terms<VaeStep>),
    /** After each update. */
    afterStep: attribute(new SyncHook<[result: StepResult]>(["result"], "afterStep")),
    /** After a checkpoint lies safely on disk. */
    checkpoint: attribute(new AsyncSeriesHook<[result: StepResult]>(["result"], "checkpoint")),
    afterStage: attribute(new AsyncSeriesHook<[info: StageInfo]>(["info"], "afterStage")),
    /** Once, between the stages. */
    encoderFrozen: attribute(new AsyncSeriesHook<[encoder: FrozenEncoder]>(["encoder"], "encoderFrozen")),
    discriminatorLoss: attribute(new SyncWaterfallHook(["terms", "step"], "discriminatorLoss") as Terms<DiscriminatorStep>),
    generatorLoss: attribute(new SyncWaterfallHook(["terms", "step"], "generatorLoss") as Terms<GeneratorStep>),
    afterRun: attribute(new AsyncSeriesHook<[run: RunInfo]>(["run"], "afterRun")),
  });
}

export type Hooks = ReturnType<typeof createHooks>;
