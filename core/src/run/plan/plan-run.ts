import type { ResolvedRun } from "../../config/resolve-run.js";
import type { Engine } from "../../contract/engine.js";
import type { Weights } from "../../contract/weights.js";
import { loadVae } from "../load-vae.js";
import { preparationOf, type Reporter } from "../reporter.js";
import { openRunModels } from "../run-models.js";
import { CountingEngine, type Work } from "./counting-engine.js";
import { probePhase } from "./probe.js";
import { rehearsalsOf, samplesOf, type Rehearsal, type RehearsedPhase } from "./rehearsal.js";
import type { PhasePlan, RunPlan, StageCosts } from "./run-plan.js";

export interface PlanRequest {
  /** Told of images that are made ready, and of what is doubtful. */
  readonly reporter: Reporter;
  /** Once aborted, the plan is left after the present update with `INTERRUPTED`. */
  readonly signal: AbortSignal;
  /** Called with the plan as it is counted, before any phase is timed: what comes then may take all of the memory. */
  readonly counted?: (plan: RunPlan) => void;
}

/**
 * What a run will take: parameters, bytes, operations, and the time of an update, measured by a few updates of each phase. It finds all that `train`
 * finds before its first update, and leaves nothing but prepared images, which a run would make as well. Taps have no part in it.
 */
export async function planRun(resolved: ResolvedRun, { reporter, signal, counted }: PlanRequest): Promise<RunPlan> {
  const engine = await resolved.plugins.engine.create(resolved.config.engine.options);
  try {
    const models = await openRunModels(resolved, preparationOf(reporter));
    try {
      const { config } = resolved;
      if (config.encoder.from !== null) await loadVae(engine, models.vae, config.encoder.from, config, (level, text) => reporter.message(level, text));
      const rehearsals = rehearsalsOf(resolved, models);
      const plan = { name: config.name, engine: engine.description, stages: await inTurn(rehearsals, countStage) };
      counted?.(plan);
      return { ...plan, stages: await inTurn(plan.stages, (costs, index) => probeStage(rehearsals[index]!, costs, engine, signal)) };
    } finally {
      await models.close();
    }
  } finally {
    await engine.dispose();
  }
}

async function countStage(rehearsal: Rehearsal): Promise<StageCosts> {
  const { stage, networks, phases } = rehearsal;
  let checkpointBytes = 0;
  const planned = await inTurn(phases, async (phase): Promise<PhasePlan> => {
    const { step: _, ...facts } = phase;
    const { work, stateBytes } = await countPhase(rehearsal, phase);
    checkpointBytes = stateBytes;
    return { ...facts, microbatch: Math.min(phase.batch, rehearsal.microbatch ?? phase.batch), ...work };
  });
  return { stage, parameters: Object.fromEntries(Object.entries(networks).map(([name, weights]) => [name, sizeOf(weights)])), checkpointBytes, phases: planned };
}

async function countPhase(rehearsal: Rehearsal, phase: RehearsedPhase): Promise<{ readonly work: Work; readonly stateBytes: number }> {
  const counter = new CountingEngine();
  const opened = await rehearsal.open(counter, phase.step);
  try {
    let [flops, activationBytes] = [0, 0];
    for (const { step, share } of samplesOf(rehearsal, phase)) {
      opened.step = step;
      await opened.update(true);
      const work = counter.take();
      flops += share * work.flops;
      activationBytes = Math.max(activationBytes, work.activationBytes);
    }
    return { work: { flops, activationBytes }, stateBytes: 4 * sizeOf(opened.state) };
  } finally {
    await opened.dispose();
  }
}

async function probeStage(rehearsal: Rehearsal, costs: StageCosts, engine: Engine, signal: AbortSignal): Promise<StageCosts> {
  const phases = await inTurn(costs.phases, async (phase, index) => ({ ...phase, probe: await probePhase(rehearsal, rehearsal.phases[index]!, engine, signal) }));
  return { ...costs, phases };
}

function sizeOf(weights: Weights): number {
  return Object.values(weights).reduce((sum, { size }) => sum + size, 0);
}

async function inTurn<From, To>(items: readonly From[], make: (item: From, index: number) => Promise<To>): Promise<To[]> {
  const made: To[] = [];
  for (const [index, item] of items.entries()) made.push(await make(item, index));
  return made;
}
