import type { ResolvedRun } from "../../config/resolve-run.js";
import type { Engine } from "../../contract/engine.js";
import type { Weights } from "../../contract/weights.js";
import { createHooks, type StageName } from "../../hooks.js";
import { frozenView } from "../../stages/freeze.js";
import { GrowthSchedule } from "../../stages/growth-schedule.js";
import { RepresentStage } from "../../stages/represent-stage.js";
import type { Stage } from "../../stages/stage.js";
import { SynthesiseStage } from "../../stages/synthesise-stage.js";
import type { RunModels } from "../run-models.js";

/** Updates in a row that cost the same. */
export interface RehearsedPhase {
  readonly key?: string;
  readonly size: number;
  /** The first update, from 0. */
  readonly step: number;
  readonly updates: number;
  readonly batch: number;
}

/** A stage that can be opened at any of its phases, on any engine, outside of a run. Taps have no part in it: what they need, a run tells them. */
export interface Rehearsal {
  readonly stage: StageName;
  readonly networks: Readonly<Record<string, Weights>>;
  readonly microbatch: number | null;
  /** R1 enters every n-th update; 1 where all updates are alike. */
  readonly interval: number;
  readonly phases: readonly RehearsedPhase[];
  open(engine: Engine, step: number): Promise<Stage>;
}

/** The stages that a run will train. */
export function rehearsalsOf({ config }: ResolvedRun, models: RunModels): readonly Rehearsal[] {
  const stages: Rehearsal[] = [];
  if (config.encoder.from === null) stages.push(rehearseRepresent(config, models));
  if (config.synthesise.steps > 0) stages.push(rehearseSynthesise(config, models));
  return stages;
}

function rehearseRepresent({ seed, represent }: ResolvedRun["config"], { vae, vaeData }: RunModels): Rehearsal {
  const { encoder, decoder, adversary } = vae;
  return {
    stage: "represent",
    networks: { encoder: encoder.weights, decoder: decoder.weights, ...(adversary ? { adversary: adversary.weights } : {}) },
    microbatch: represent.microbatch,
    interval: 1,
    phases: [{ size: vaeData.image.height, step: 0, updates: represent.steps, batch: represent.batch }],
    open: (engine) => RepresentStage.create({ engine, hooks: createHooks(), backbone: vae, dataset: vaeData, seed, ...represent }),
  };
}

function rehearseSynthesise({ seed, synthesise }: ResolvedRun["config"], { vae, gan, ganData }: RunModels): Rehearsal {
  const { backbone, averaged } = gan;
  const { generator, discriminator } = backbone;
  const { steps, batch, r1Weight, r1Interval } = synthesise;
  const teacher = frozenView(vae.encoder, generator.output, "");
  const size = generator.output.height;
  const starts = backbone.growth && new GrowthSchedule(backbone.growth, size, batch).starts(steps);
  const phases = starts?.map(({ step, phase, batch: own }, index) => ({ key: phase.key, size: phase.resolution, step, updates: (starts[index + 1]?.step ?? steps) - step, batch: own }));
  return {
    stage: "synthesise",
    networks: { generator: generator.weights, discriminator: discriminator.weights, "frozen encoder": vae.encoder.weights },
    microbatch: synthesise.microbatch,
    interval: r1Weight > 0 ? r1Interval : 1,
    phases: phases ?? [{ size, step: 0, updates: steps, batch }],
    open: (engine, step) =>
      SynthesiseStage.create({ engine, hooks: createHooks(), backbone, average: averaged.generator.weights, teacher, dataset: ganData, seed, step, ...synthesise }),
  };
}

/** Updates of a phase that stand for all of it, in the order in which they are made: one with R1 and one without where R1 enters now and then. */
export function samplesOf({ interval }: Rehearsal, { step, updates }: RehearsedPhase): readonly { readonly step: number; readonly share: number }[] {
  const regularised = Math.ceil(step / interval) * interval;
  const between = interval > 1 && regularised + 1 < step + updates;
  return between ? [{ step: regularised, share: 1 / interval }, { step: regularised + 1, share: 1 - 1 / interval }] : [{ step: Math.min(regularised, step + updates - 1), share: 1 }];
}
