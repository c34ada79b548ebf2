import type { Engine } from "../../contract/engine.js";
import { IdganError } from "../../contract/error.js";
import type { Stage } from "../../stages/stage.js";
import { samplesOf, type Rehearsal, type RehearsedPhase } from "./rehearsal.js";
import type { Probe } from "./run-plan.js";

/** Updates of a kind that are timed, at most, and the seconds after which no other is begun: an update may take a minute. */
const [mostRounds, enough] = [10, 1];

/** Times a few updates of a phase, after one of each kind that is not timed, in which memory is laid out and the first images are prepared. */
export async function probePhase(rehearsal: Rehearsal, phase: RehearsedPhase, engine: Engine, signal: AbortSignal): Promise<Probe> {
  const opened = await rehearsal.open(engine, phase.step);
  try {
    let milliseconds = 0;
    for (const { step, share } of samplesOf(rehearsal, phase)) {
      milliseconds += share * (await timeUpdate(opened, step, rehearsal.interval === 1 ? phase.step + phase.updates - step - 1 : 0, signal));
    }
    return { milliseconds, peakBytes: process.resourceUsage().maxRSS * 1024 };
  } finally {
    await opened.dispose();
  }
}

/** Mean of updates after `step`: up to `following` of those behind it, or else of the same one again. */
async function timeUpdate(stage: Stage, step: number, following: number, signal: AbortSignal): Promise<number> {
  stage.step = step;
  await stage.update(true);
  const times: number[] = [];
  while (times.length < mostRounds && times.reduce((a, b) => a + b, 0) < 1000 * enough) {
    if (signal.aborted) throw new IdganError("INTERRUPTED", "The plan was stopped before its end. Nothing was written.");
    stage.step = following > times.length ? step + 1 + times.length : step;
    const start = performance.now();
    await stage.update(true);
    times.push(performance.now() - start);
  }
  return times.reduce((a, b) => a + b, 0) / times.length;
}
