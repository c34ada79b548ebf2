import type { ResolvedRun } from "../../config/resolve-run.js";
import { secondsOf, type PhasePlan, type RunPlan, type StageCosts } from "../../run/plan/run-plan.js";
import { failureOf, type Reporter } from "../../run/reporter.js";
import { interruptible } from "../interrupt.js";
import { formatDuration } from "../reporters/progress-line.js";
import { renderTable } from "../table.js";

/** `idgan train --dry-run`: what the run would take, on standard output; first what can be counted, then what was timed. */
export async function runDryRun(resolved: ResolvedRun, { reporter, json }: { readonly reporter: Reporter; readonly json: boolean }): Promise<void> {
  const { planRun } = await import("../../run/plan/plan-run.js");
  const say = (text: string): void => void (json || process.stdout.write(`${text}\n`));
  try {
    const plan = await interruptible(
      (signal) => planRun(resolved, { reporter, signal, counted: (counted) => say(`${renderCounted(counted)}\n\nTiming a few updates of each ...`) }),
      () => reporter.message("warning", "stopping after this update; a second signal ends it at once"),
    );
    if (json) process.stdout.write(`${JSON.stringify({ ...plan, seconds: secondsOf(plan) })}\n`);
    else say(`\n${renderTimed(plan)}`);
    if (resolved.plugins.taps.length > 0) reporter.message("info", "The taps of the config have no part in these figures.");
  } catch (error) {
    reporter.runFailed(failureOf(error));
    throw error;
  }
}

/** All that is known without computing. */
export function renderCounted({ name, engine, stages }: RunPlan): string {
  return [`${name}, on ${engine}`, ...stages.map(renderStage)].join("\n\n");
}

function renderStage({ stage, parameters, checkpointBytes, phases }: StageCosts): string {
  const networks = Object.entries(parameters).map(([network, count]) => `${network} ${count.toLocaleString("en")}`);
  const heading = `${stage}: parameters of ${networks.join(", ")}; a checkpoint takes ${formatBytes(checkpointBytes)}`;
  const rows = phases.map((phase) => [...placeOf(phase), phase.updates.toLocaleString("en"), batchOf(phase), formatFlops(phase.flops), formatBytes(phase.activationBytes)]);
  return `${heading}\n${renderTable([["", "pixels", "updates", "batch", "operations of one", "activations"], ...rows], "  ")}`;
}

/** What the probes found. */
export function renderTimed(plan: RunPlan): string {
  const rows = plan.stages.flatMap(({ stage, phases }) =>
    phases.map((phase) => {
      const { milliseconds = Number.NaN, peakBytes = Number.NaN } = phase.probe ?? {};
      const rate = `${((phase.flops / milliseconds) * 1e-6).toFixed(0)} GFLOP/s`;
      return [stage, ...placeOf(phase), formatMilliseconds(milliseconds), rate, formatDuration((milliseconds / 1000) * phase.updates), formatBytes(peakBytes)];
    }),
  );
  const table = renderTable([["", "", "pixels", "an update", "rate", "all updates", "memory so far"], ...rows], "  ");
  return `${table}\n\nIn all ${formatDuration(secondsOf(plan) ?? Number.NaN)}, and the time for pictures and checkpoints. Nothing was written.`;
}

function placeOf({ key, size }: PhasePlan): [string, string] {
  return [key ?? "", String(size)];
}

function batchOf({ batch, microbatch }: PhasePlan): string {
  return microbatch === batch ? String(batch) : `${batch}, in parts of ${microbatch}`;
}

function formatFlops(flops: number): string {
  return flops < 1e12 ? `${(flops / 1e9).toPrecision(3)} GFLOP` : `${(flops / 1e12).toPrecision(3)} TFLOP`;
}

function formatMilliseconds(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds.toPrecision(3)} ms` : `${(milliseconds / 1000).toPrecision(3)} s`;
}

/** `34.2 MB`, `1.07 GB`. */
function formatBytes(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toPrecision(3)} MB` : `${(bytes / 1e9).toPrecision(3)} GB`;
}
