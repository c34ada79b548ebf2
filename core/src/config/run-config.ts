import type { OptimizerSpec } from "../ops/optimizers/optimizer.js";

/** What one slot of a run holds: a plugin and its options. */
export interface SlotConfig {
  /** Package name, path of a local file, or name of a plugin that stands in a config beside the data. */
  readonly use: string;
  /** File or folder that `use` was written in; what it names is looked for from there first. */
  readonly from: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Stage 1. */
export interface RepresentConfig {
  readonly steps: number;
  readonly batch: number;
  readonly microbatch: number | null;
  readonly optimizer: OptimizerSpec;
  readonly adversaryOptimizer: OptimizerSpec;
}

/** Stage 2. */
export interface SynthesiseConfig {
  readonly steps: number;
  readonly batch: number;
  readonly microbatch: number | null;
  /** How stage 2 draws c. */
  readonly code: "paired" | "shuffled" | "prior" | "mean";
  readonly idWeight: number;
  readonly idDelay: number;
  readonly r1Weight: number;
  readonly r1Interval: number;
  readonly averageDecay: number;
  readonly averageHalfLife: number | null;
  readonly averageWarmup: boolean;
  readonly generatorOptimizer: OptimizerSpec;
  readonly discriminatorOptimizer: OptimizerSpec;
}

/** How often a run writes down what it does, in updates. */
export interface RecordConfig {
  readonly log: number;
  readonly checkpoint: number;
  readonly keep: number;
  readonly pictures: number;
}

/** A run in full: JSON, every default written out, frozen. Saved with the run, it alone gives the same run again. */
export interface RunConfig {
  readonly name: string;
  /** Folder that relative paths in plugin options start from. */
  readonly folder: string;
  readonly seed: number;
  readonly data: SlotConfig;
  readonly vae: SlotConfig & { readonly size: number; readonly latentDim: number };
  readonly gan: SlotConfig & { readonly size: number; readonly nuisanceDim: number };
  readonly engine: SlotConfig;
  readonly taps: readonly SlotConfig[];
  readonly represent: RepresentConfig;
  readonly encoder: { readonly from: string | null };
  readonly synthesise: SynthesiseConfig;
  readonly record: RecordConfig;
}

/** The slots that hold exactly one plugin each. */
export const slots = ["data", "vae", "gan", "engine"] as const;
export type Slot = (typeof slots)[number];
