import type { Engine } from "./engine.js";
import type { Options } from "./option.js";
import type { Subject } from "./subject.js";

/** Told of images as they are done; throws `INTERRUPTED` once the evaluation is to stop. */
export type Advance = (images: number) => void;

/** What `measure` is given beside its options. */
export interface Measurement extends Subject {
  /** Keys every draw that the metric makes: the same seed gives the same score. */
  readonly seed: number;
  /** Other runs on the same images, for scores that compare models (UDR) or that want a baseline; often none. */
  readonly others: readonly Subject[];
  /** Runs networks of the metric's own, such as one that describes images by features. What it compiles, the metric disposes. */
  readonly engine: Engine;
  /** Tells how far `work` on `count` images has come, and lets a signal stop it between two of its parts. `what` is a word or two: "features of real images". */
  track<T>(what: string, count: number, work: (advance: Advance) => Promise<T>): Promise<T>;
}

/** A table of numbers with named rows and columns, drawn as a heat map in the run's pictures. */
export interface ScoreMatrix {
  readonly title: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly values: readonly (readonly number[])[];
}

/** A named number that a score was made of, or one for each factor or latent. */
export type ScorePart = number | readonly number[];

export interface Score {
  /** Finite; where the protocol leaves a case open, the value that it defines or 0, with a note that says so. */
  readonly value: number;
  readonly parts: Readonly<Record<string, ScorePart>>;
  /** What the number is to be called where options are part of its name, in a few words: "FID, 50000 images, clean". */
  readonly label?: string;
  readonly matrices?: readonly ScoreMatrix[];
  /** What a reader of the number must know, a sentence each: pruned latents, factors left out. */
  readonly notes?: readonly string[];
}

/** `factors`: a dataset with known factors of variation; `images`: any; `runs`: other runs on the same images; `generator`: a run whose stage 2 has begun. */
export type MetricNeed = "factors" | "images" | "runs" | "generator";

/** One score of the literature by one published protocol: its full name is `name@protocol`, as in `mig@locatello2019`. */
export interface Metric<O = unknown> {
  readonly name: string;
  readonly protocol: string;
  /** One sentence, with the paper. */
  readonly doc: string;
  /** Whether a higher value is the better one; `null` where neither is. */
  readonly higherIsBetter: boolean | null;
  /** What the run must bring; several where it takes several. */
  readonly needs: MetricNeed | readonly MetricNeed[];
  /** The protocol's constants, which are the defaults. */
  readonly options: Options<O>;
  /** What is missing for these options beside the run itself, such as a file of weights, in a sentence; `undefined` where nothing is. */
  lacks?(options: O): string | undefined;
  /** Throws `METRIC_INPUT` where the subject does not allow the protocol, such as too few images. */
  measure(measurement: Measurement, options: O): Promise<Score>;
}

/** The identity, typed: the options that `measure` receives are inferred from their formats. */
export function defineMetric<O>(metric: Metric<O>): Metric<O> {
  return metric;
}

/** What a metric needs, as a list. */
export function needsOf({ needs }: Pick<Metric, "needs">): readonly MetricNeed[] {
  return typeof needs === "string" ? [needs] : needs;
}
