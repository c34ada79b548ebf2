import type { Dataset } from "./dataset.js";
import type { Options } from "./option.js";

/** Parameters of q(c|x) for many images, `[n, latentDim]` each, row by row. */
export interface Codes {
  readonly mean: Float32Array;
  readonly logVar: Float32Array;
}

/** A trained encoder and the images that it is judged on. */
export interface Subject {
  /** The run's folder, for messages. */
  readonly name: string;
  /** Images at the encoder's size. */
  readonly dataset: Dataset;
  readonly latentDim: number;
  /** q(c|x) of these images, in their order. Each image is encoded once and remembered, so that asking again is free. */
  encode(indices: ArrayLike<number>): Promise<Codes>;
}

/** What `measure` is given beside its options. */
export interface Measurement extends Subject {
  /** Keys every draw that the metric makes: the same seed gives the same score. */
  readonly seed: number;
  /** Other runs on the same images, for scores that compare models (UDR); often none. */
  readonly others: readonly Subject[];
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
  readonly matrices?: readonly ScoreMatrix[];
  /** What a reader of the number must know, a sentence each: pruned latents, factors left out. */
  readonly notes?: readonly string[];
}

/** One score of the literature by one published protocol: its full name is `name@protocol`, as in `mig@locatello2019`. */
export interface Metric<O = unknown> {
  readonly name: string;
  readonly protocol: string;
  /** One sentence, with the paper. */
  readonly doc: string;
  /** Whether a higher value is the better one; `null` where neither is. */
  readonly higherIsBetter: boolean | null;
  /** `factors`: a dataset with known factors of variation; `images`: any; `runs`: other runs on the same images. */
  readonly needs: "factors" | "images" | "runs";
  /** The protocol's constants, which are the defaults. */
  readonly options: Options<O>;
  /** Throws `METRIC_INPUT` where the subject does not allow the protocol, such as too few images. */
  measure(measurement: Measurement, options: O): Promise<Score>;
}

/** The identity, typed: the options that `measure` receives are inferred from their formats. */
export function defineMetric<O>(metric: Metric<O>): Metric<O> {
  return metric;
}
