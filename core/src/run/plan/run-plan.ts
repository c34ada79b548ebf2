import type { StageName } from "../../hooks.js";
import type { Work } from "./counting-engine.js";

/** What a phase took on this machine: a few updates of it, after one that was not timed. */
export interface Probe {
  /** Of one update, without the time to prepare its images. */
  readonly milliseconds: number;
  /** Most memory that the process has held so far, in bytes. */
  readonly peakBytes: number;
}

/** Updates of a stage that are alike; a stage whose networks do not grow is one phase. The work is that of one update, or of the costliest of its microbatches. */
export interface PhasePlan extends Work {
  /** Of a GAN that grows. */
  readonly key?: string;
  /** Height and width of the images, in pixels. */
  readonly size: number;
  readonly updates: number;
  readonly batch: number;
  /** Images whose gradients are computed at once. */
  readonly microbatch: number;
  readonly probe?: Probe;
}

export interface StageCosts {
  readonly stage: StageName;
  /** Of each network that takes part, the frozen encoder included. */
  readonly parameters: Readonly<Record<string, number>>;
  /** Of one checkpoint: weights, averages, optimizer. */
  readonly checkpointBytes: number;
  readonly phases: readonly PhasePlan[];
}

/** What a run will take. */
export interface RunPlan {
  readonly name: string;
  /** The engine's description. */
  readonly engine: string;
  readonly stages: readonly StageCosts[];
}

/** Seconds of training in all, as the probes have it; pictures and checkpoints come on top. Missing where a phase was not probed. */
export function secondsOf({ stages }: RunPlan): number | undefined {
  let seconds = 0;
  for (const { probe, updates } of stages.flatMap(({ phases }) => phases)) {
    if (probe === undefined) return undefined;
    seconds += (probe.milliseconds / 1000) * updates;
  }
  return seconds;
}
