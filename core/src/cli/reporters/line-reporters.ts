import { jsonLine } from "../../run/record/json-line.js";
import type { PreparationReport, Reporter, StepReport } from "../../run/reporter.js";
import { counted } from "../counted.js";
import { formatDuration, plainLine } from "./progress-line.js";

/** Where finished lines go. */
export type WriteLine = (line: string) => void;

/** Knows which steps deserve a line: each `log`-th, the first and the last. */
class Interval {
  log = 1;

  includes({ step, steps }: StepReport): boolean {
    return step % this.log === 0 || step === 1 || step === steps;
  }
}

/** How often preparation deserves a line, in milliseconds. */
const preparationMs = 10_000;

/** Whether a report of preparation is due: the last one always, others now and then. */
function createDue(now: () => number): (report: PreparationReport) => boolean {
  let saidAt = now();
  return ({ done, count }) => {
    if (done < count && now() - saidAt < preparationMs) return false;
    saidAt = now();
    return true;
  };
}

/** For a file or a pipe: a line each `log` steps, nothing redrawn. */
export function plainReporter(write: WriteLine, now: () => number = () => performance.now()): Reporter {
  const interval = new Interval();
  let startedAt = now();
  const isDue = createDue(now);
  return {
    prepared: (report) => isDue(report) && write(`${report.done} of ${report.count} ${report.what}`),
    stageStarted({ stage, step, steps, batch, log }) {
      interval.log = log;
      startedAt = now();
      write(step === 0 ? `${stage}: ${counted(steps, "step")} of ${counted(batch, "image")}` : `${stage}: from step ${step} to ${steps}, ${counted(batch, "image")} each`);
    },
    stepped: (report) => interval.includes(report) && write(plainLine(report)),
    message: (level, text) => write(level === "warning" ? `warning: ${text}` : text),
    pictureWritten: (path) => write(`picture ${path}`),
    checkpointWritten: (path) => write(`checkpoint ${path}`),
    stageFinished: ({ stage, step, steps }) => write(`${stage}: ${step} of ${steps} steps done, ${formatDuration((now() - startedAt) / 1000)}`),
    runFinished: ({ directory }) => write(`run ${directory}`),
    runFailed: () => undefined,
  };
}

/** For a program: a JSON object a line; a number that JSON has no word for is a string, such as "NaN". */
export function jsonReporter(write: WriteLine, now: () => number = () => performance.now()): Reporter {
  const interval = new Interval();
  const isDue = createDue(now);
  const tell = (event: string, facts: object): void => write(jsonLine({ event, ...facts }));
  return {
    prepared: (report) => isDue(report) && tell("prepared", report),
    stageStarted(start) {
      interval.log = start.log;
      tell("stageStarted", start);
    },
    stepped: (report) => interval.includes(report) && tell("stepped", report),
    message: (level, text) => tell("message", { level, text }),
    pictureWritten: (path) => tell("pictureWritten", { path }),
    checkpointWritten: (path) => tell("checkpointWritten", { path }),
    stageFinished: (end) => tell("stageFinished", end),
    runFinished: (end) => tell("runFinished", end),
    runFailed: (failure) => tell("runFailed", failure),
  };
}
