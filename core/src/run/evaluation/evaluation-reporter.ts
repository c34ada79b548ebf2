/** How far work on images has come. */
export interface WorkReport {
  /** A word or two: "encode", "features of real images". */
  readonly what: string;
  readonly done: number;
  readonly count: number;
  readonly imagesPerSecond: number;
}

/** Hears how an evaluation goes. */
export interface EvaluationReporter {
  message(level: "info" | "warning", text: string): void;
  /** A metric begins; `index` of `count`. */
  measuring(metric: string, index: number, count: number): void;
  measured(metric: string, value: number, seconds: number): void;
  /** Work on `count` images begins; while it goes on, a signal is heard. */
  workStarted(what: string, count: number): void;
  worked(report: WorkReport): void;
  workEnded(report: WorkReport): void;
}

export const silentEvaluationReporter: EvaluationReporter = {
  message: () => undefined,
  measuring: () => undefined,
  measured: () => undefined,
  workStarted: () => undefined,
  worked: () => undefined,
  workEnded: () => undefined,
};
