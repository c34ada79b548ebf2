import type { Dataset } from "../../contract/dataset.js";
import type { Encoder } from "../../contract/encoder.js";
import type { Engine } from "../../contract/engine.js";
import { IdganError } from "../../contract/error.js";
import type { Codes, Subject } from "../../contract/metric.js";
import { CodeTable } from "./code-table.js";
import type { EvaluationReporter } from "./evaluation-reporter.js";
import { ImageEncoder } from "./image-encoder.js";

export interface SubjectSetting {
  readonly name: string;
  readonly engine: Engine;
  readonly encoder: Encoder;
  readonly dataset: Dataset;
  readonly reporter: EvaluationReporter;
  readonly signal: AbortSignal;
}

/** A trained encoder and its images, each encoded once, however often it is asked for. */
export class MemorisedSubject implements Subject {
  readonly name: string;
  readonly dataset: Dataset;
  readonly latentDim: number;
  readonly #images: ImageEncoder;
  readonly #table: CodeTable;
  readonly #reporter: EvaluationReporter;
  readonly #signal: AbortSignal;
  #last: Promise<unknown> = Promise.resolve();
  #seconds = 0;

  constructor({ name, engine, encoder, dataset, reporter, signal }: SubjectSetting) {
    this.name = name;
    this.dataset = dataset;
    this.latentDim = encoder.latentDim;
    this.#images = new ImageEncoder(engine, encoder, dataset);
    this.#table = new CodeTable(dataset.size, encoder.latentDim);
    this.#reporter = reporter;
    this.#signal = signal;
  }

  /** Seconds spent on encoding so far. */
  get encodingSeconds(): number {
    return this.#seconds;
  }

  /** Requests are served one after the other, so that a metric may make many at once. */
  encode(indices: ArrayLike<number>): Promise<Codes> {
    const served = this.#last.then(() => this.#serve(indices));
    this.#last = served.catch(() => undefined);
    return served;
  }

  async dispose(): Promise<void> {
    await this.#last;
    await this.#images.dispose();
  }

  async #serve(indices: ArrayLike<number>): Promise<Codes> {
    this.#expectIndices(indices);
    const missing = this.#table.missing(indices);
    if (missing.length > 0) await this.#encodeMissing(missing);
    return this.#table.read(indices);
  }

  async #encodeMissing(missing: Uint32Array): Promise<void> {
    const count = missing.length;
    const start = performance.now();
    let done = 0;
    const report = () => ({ done, count, imagesPerSecond: (1000 * done) / Math.max(1, performance.now() - start) });
    this.#reporter.encodingStarted(count);
    try {
      await this.#images.encode(missing, (indices, codes) => {
        this.#expectFinite(indices, codes);
        this.#table.add(indices, codes);
        done += indices.length;
        this.#reporter.encoded(report());
        expectGoingOn(this.#signal);
      });
    } finally {
      this.#seconds += (performance.now() - start) / 1000;
      this.#reporter.encodingEnded(report());
    }
  }

  #expectIndices(indices: ArrayLike<number>): void {
    const { size } = this.dataset;
    for (let i = 0; i < indices.length; i += 1) {
      const index = indices[i] ?? Number.NaN;
      if (!(Number.isInteger(index) && index >= 0 && index < size)) throw new RangeError(`encode was asked for image ${index}; there are images 0 to ${size - 1}`);
    }
  }

  #expectFinite(indices: Uint32Array, { mean, logVar }: Codes): void {
    const faulty = [mean, logVar].map((values) => values.findIndex((value) => !Number.isFinite(value))).find((at) => at >= 0);
    if (faulty === undefined) return;
    const image = indices[Math.floor(faulty / this.latentDim)];
    throw new IdganError("METRIC_INPUT", `The encoder of ${this.name} gives NaN or an infinite value for image ${image} of ${this.dataset.name}: its training diverged. Evaluate an earlier checkpoint or another run.`);
  }
}

/** Throws `INTERRUPTED` once the signal is aborted. */
export function expectGoingOn(signal: AbortSignal): void {
  if (signal.aborted) throw new IdganError("INTERRUPTED", "The evaluation was stopped. Scores that were finished before are in the run's metrics.json; run it again for the others.");
}
