/** How far the encoding of images has come. */
export interface EncodingReport {
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
  encodingStarted(count: number): void;
  encoded(report: EncodingReport): void;
  encodingEnded(report: EncodingReport): void;
}

export const silentEvaluationReporter: EvaluationReporter = {
  message: () => undefined,
  measuring: () => undefined,
  measured: () => undefined,
  encodingStarted: () => undefined,
  encoded: () => undefined,
  encodingEnded: () => undefined,
};
