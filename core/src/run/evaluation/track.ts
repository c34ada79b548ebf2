import { IdganError } from "../../contract/error.js";
import type { Advance } from "../../contract/metric.js";
import type { EvaluationReporter } from "./evaluation-reporter.js";

/** Tells the reporter how far `work` on `count` images has come; a signal ends it after its present part. */
export async function track<T>(what: string, count: number, { reporter, signal }: { readonly reporter: EvaluationReporter; readonly signal: AbortSignal }, work: (advance: Advance) => Promise<T>): Promise<T> {
  const start = performance.now();
  let done = 0;
  const report = () => ({ what, done, count, imagesPerSecond: (1000 * done) / Math.max(1, performance.now() - start) });
  expectGoingOn(signal);
  reporter.workStarted(what, count);
  try {
    return await work((images) => {
      done += images;
      reporter.worked(report());
      expectGoingOn(signal);
    });
  } finally {
    reporter.workEnded(report());
  }
}

/** Throws `INTERRUPTED` once the signal is aborted. */
export function expectGoingOn(signal: AbortSignal): void {
  if (signal.aborted) throw new IdganError("INTERRUPTED", "The evaluation was stopped. Scores that were finished before are in the run's metrics.json; run it again for the others.");
}
