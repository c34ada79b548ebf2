import type { PreparationProgress } from "../contract/build-context.js";
import { exitCodes, type ErrorCode } from "../contract/error-codes.js";
import { IdganError, messageOf } from "../contract/error.js";
import type { StageName } from "../hooks.js";

export interface StageReport {
  readonly stage: StageName;
  /** Updates done when it starts or ends. */
  readonly step: number;
  /** Updates in all. */
  readonly steps: number;
}

export interface StageStart extends StageReport {
  readonly batch: number;
  /** Interval, in updates, of reports that stay on the screen or in a file. */
  readonly log: number;
}

/** One update. */
export interface StepReport extends StageReport {
  /** Unweighted values by term name; empty where the engine left them on the device. */
  readonly losses: Readonly<Record<string, number>>;
  readonly stepsPerSecond: number;
  readonly imagesPerSecond: number;
  /** Infinite while nothing is known. */
  readonly etaSeconds: number;
}

/** How far images have come that are made ready once, before anything is trained. */
export interface PreparationReport {
  /** A word or two: "pictures prepared". */
  readonly what: string;
  readonly done: number;
  readonly count: number;
  readonly imagesPerSecond: number;
}

/** Why a run ended before its end. */
export interface RunFailure {
  /** Missing where the run failed before it had one. */
  readonly directory?: string;
  readonly code: ErrorCode;
  readonly message: string;
  /** Exit status of the `idgan` command. */
  readonly exit: number;
}

/** Tells a person or a program how a run goes. It may be called for every update: each reporter shows only as much as it can. */
export interface Reporter {
  /** Called for every few images; the last time with `done` at `count`. */
  prepared?(report: PreparationReport): void;
  stageStarted(start: StageStart): void;
  stepped(report: StepReport): void;
  message(level: "info" | "warning", text: string): void;
  pictureWritten(path: string): void;
  checkpointWritten(path: string): void;
  stageFinished(end: StageReport): void;
  /** The run is done. This or `runFailed` is the last call, and puts back what the reporter changed on a terminal. */
  runFinished(end: { readonly directory: string }): void;
  /** The run failed, or was interrupted; whoever started it gets the error as well, and tells a person of it. */
  runFailed(failure: RunFailure): void;
}

/** Tells nobody. */
export const silentReporter: Reporter = Object.freeze({
  stageStarted: () => undefined,
  stepped: () => undefined,
  message: () => undefined,
  pictureWritten: () => undefined,
  checkpointWritten: () => undefined,
  stageFinished: () => undefined,
  runFinished: () => undefined,
  runFailed: () => undefined,
});

/** What a data plugin is given to say how far its preparation has come, with the rate since it began. */
export function preparationOf(reporter: Reporter, now: () => number = () => performance.now()): PreparationProgress {
  let begun: { readonly what: string; readonly at: number; readonly done: number } | undefined;
  return (what, done, count) => {
    if (begun?.what !== what || done < begun.done) begun = { what, at: now(), done };
    const seconds = (now() - begun.at) / 1000;
    reporter.prepared?.({ what, done, count, imagesPerSecond: seconds > 0 ? (done - begun.done) / seconds : 0 });
  };
}

/** What a reporter is told of an error; one that is no `IdganError` is a fault of idgan. */
export function failureOf(thrown: unknown): Omit<RunFailure, "directory"> {
  const message = messageOf(thrown);
  return thrown instanceof IdganError ? { code: thrown.code, message, exit: thrown.exitCode } : { code: "INTERNAL", message, exit: exitCodes.failure };
}
