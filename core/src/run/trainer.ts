import { relative } from "node:path";
import { inject, injectable } from "tsyringe";
import type { ResolvedRun } from "../config/resolve-run.js";
import type { Engine } from "../contract/engine.js";
import { IdganError } from "../contract/error.js";
import type { Hooks, StageName, StepResult } from "../hooks.js";
import type { Stage } from "../stages/stage.js";
import { expectOwn, type CheckpointOrigin } from "./checkpoint-origin.js";
import type { Painter } from "./gallery.js";
import type { Checkpoint } from "./record/checkpoint.js";
import type { CheckpointStore } from "./record/checkpoint-store.js";
import type { EventLog } from "./record/event-log.js";
import type { RunDirectory } from "./record/run-directory.js";
import { Pace } from "./pace.js";
import type { Reporter } from "./reporter.js";
import { readState, writeState } from "./state.js";
import { CHECKPOINTS, DIRECTORY, ENGINE, EVENTS, HOOKS, REPORTER, RESOLVED, SIGNAL } from "./tokens.js";

/** A stage before it is made: making it compiles its steps, which is when the loss hooks are called. */
export interface StagePlan {
  readonly name: StageName;
  readonly steps: number;
  readonly origin: CheckpointOrigin;
  /** The checkpoint to continue from. */
  readonly last: Checkpoint | undefined;
  create(): Promise<{ readonly stage: Stage; readonly painter: Painter }>;
}

/** Drives a stage from its last checkpoint to its end: updates, log, pictures, checkpoints, and a clean stop on a signal. */
@injectable()
export class Trainer {
  constructor(
    @inject(RESOLVED) private readonly resolved: ResolvedRun,
    @inject(ENGINE) private readonly engine: Engine,
    @inject(HOOKS) private readonly hooks: Hooks,
    @inject(DIRECTORY) private readonly directory: RunDirectory,
    @inject(CHECKPOINTS) private readonly checkpoints: CheckpointStore,
    @inject(EVENTS) private readonly events: EventLog,
    @inject(REPORTER) private readonly reporter: Reporter,
    @inject(SIGNAL) private readonly signal: AbortSignal,
  ) {}

  async train(plan: StagePlan): Promise<void> {
    const { last } = plan;
    if (last) expectOwn(last, plan.origin);
    const step = last?.manifest.step ?? 0;
    await this.events.truncate(plan.name, last ? step : -1);
    await this.hooks.beforeStage.promise({ stage: plan.name, steps: plan.steps, step });
    const { stage, painter } = await plan.create();
    try {
      if (last) {
        await writeState(this.engine, stage.state, last.tensors, last.path);
        stage.step = step;
        this.reporter.message("info", `${stage.name}: continuing from update ${step} (${last.path})`);
      }
      await this.update(stage, painter, plan.origin);
    } finally {
      await painter.dispose();
      await stage.dispose();
    }
    await this.hooks.afterStage.promise({ stage: plan.name, steps: plan.steps, step: stage.step });
  }

  private async update(stage: Stage, painter: Painter, origin: CheckpointOrigin): Promise<void> {
    const { record } = this.resolved.config;
    const info = () => ({ stage: stage.name, steps: stage.steps, step: stage.step });
    this.reporter.stageStarted({ ...info(), batch: stage.batch, log: record.log });
    this.events.append({ ...info(), event: "stageStarted", batch: stage.batch });
    if (stage.step === 0 || stage.step === stage.steps) await painter.complete(stage.step, stage.phase);
    const pace = new Pace(stage.step);
    let saved = stage.step;
    let phase = stage.phase?.key;
    while (stage.step < stage.steps) {
      const next = stage.step + 1;
      const due = (interval: number): boolean => next % interval === 0 || next === stage.steps;
      const logged = due(record.log) || next === 1;
      const result = await stage.update(this.engine.fetchesFreely || logged || due(record.checkpoint) || this.signal.aborted);
      if (result.phase && result.phase.key !== phase) this.grown(result);
      phase = result.phase?.key;
      await this.expectFinite(result);
      this.hooks.afterStep.call(result);
      pace.tick(result.step);
      this.reporter.stepped({ ...info(), losses: result.losses, ...pace.rates(stage) });
      if (logged) this.events.append({ event: "losses", stage: stage.name, step: result.step, losses: result.losses, stepsPerSecond: pace.rates(stage).stepsPerSecond });
      if (due(record.checkpoint) || this.signal.aborted) {
        await this.save(stage, origin, result);
        saved = result.step;
      }
      if (due(record.pictures)) await pace.paused(() => painter.paint(result.step, result.phase));
      if (this.signal.aborted) {
        // The signal may have come while pictures were painted, after an update that was not saved.
        if (saved !== stage.step) await this.save(stage, origin, result);
        throw this.interrupted(stage);
      }
    }
    this.events.append({ event: "stageFinished", stage: stage.name, step: stage.step });
    await this.events.flush();
    this.reporter.stageFinished(info());
  }

  private async save(stage: Stage, origin: CheckpointOrigin, result: StepResult): Promise<void> {
    const tensors = await readState(this.engine, stage.state);
    for (const [name, { data }] of tensors) {
      if (!data.every(Number.isFinite)) throw await this.diverged(stage.name, result.step, `the tensor "${name}"`);
    }
    await this.events.flush();
    const { step, imagesShown, phase } = result;
    const path = await this.checkpoints.write({
      tensors,
      manifest: { ...origin, stage: stage.name, step, imagesShown, ...(phase === undefined ? {} : { phase }), final: step === stage.steps },
    });
    this.events.append({ event: "checkpoint", stage: stage.name, step, path: relative(this.directory.path, path) });
    this.reporter.checkpointWritten(path);
    await this.hooks.checkpoint.promise(result);
  }

  /** Tells of an update that was the first of its phase. */
  private grown({ stage, step, phase }: StepResult): void {
    if (phase === undefined) return;
    const { key, resolution } = phase;
    this.events.append({ event: "phase", stage, step, phase: key, resolution });
    this.reporter.message("info", `${stage}: phase ${key} begins with update ${step}, ${resolution}x${resolution} pixels`);
  }

  private async expectFinite({ stage, step, losses }: StepResult): Promise<void> {
    const name = Object.keys(losses).find((term) => !Number.isFinite(losses[term]));
    if (name !== undefined) throw await this.diverged(stage, step, `the loss term "${name}" (${losses[name]})`);
  }

  private async diverged(stage: StageName, step: number, what: string): Promise<IdganError> {
    const last = (await this.checkpoints.list(stage)).find((file) => file.step < step);
    const kept = last ? `The last good checkpoint is ${last.path}` : "There is no checkpoint of this stage yet, and --resume begins it anew";
    return new IdganError("DIVERGED", `${stage}: ${what} is no longer finite at update ${step}. ${kept}; lower the learning rate, then resume or start another run.`);
  }

  private interrupted(stage: Stage): IdganError {
    return new IdganError("INTERRUPTED", `Stopped and saved at update ${stage.step} of ${stage.name}. Continue with --resume --out ${this.directory.path}.`);
  }
}
