import { createStream, IdganError, type Measurement } from "@idgan/core";
import type { Matrix } from "../numerics/matrix.js";
import { bareNameOf, encodeMeans, imagesAtOnce } from "./draw.js";
import type { FactorSource } from "./factor-source.js";

export interface BatchOptions {
  readonly score: string;
  /** Keys the draws. */
  readonly part: "train" | "evaluation";
  /** How many batches. */
  readonly count: number;
  /** Images in each. */
  readonly batch: number;
}

/** Some batches of codes in which one factor stands still. */
export interface FixedFactorBatches {
  /** Which factor, for each batch. */
  readonly factors: Uint32Array;
  /** `[batches * batch, latents]` */
  readonly codes: Matrix;
}

export interface FixedFactorPairs extends FixedFactorBatches {
  /** Beside each image another one that has the fixed factor's value from it, `[batches * batch, latents]`. */
  readonly partners: Matrix;
}

/** Values of factors before one is fixed. */
interface Draft {
  /** Which factor to fix, for each batch. */
  readonly factors: Uint32Array;
  /** `[batches * batch, factors]` */
  readonly values: Int32Array;
  readonly partners: Int32Array;
}

/** Batches whose images all have the fixed factor's value of the first; all other factors are drawn uniformly. */
export async function* batchesOfOneValue(measurement: Measurement, source: FactorSource, options: BatchOptions): AsyncGenerator<FixedFactorBatches> {
  for (const { factors, values } of drafts(measurement, source, options)) {
    fix(values, factors, source.names.length, (row) => row - (row % options.batch), values);
    yield { factors, codes: await encodeMeans(measurement, source.find(values)) };
  }
}

/** Batches of pairs that share the fixed factor's value; it may differ from pair to pair. */
export async function* batchesOfPairs(measurement: Measurement, source: FactorSource, options: BatchOptions): AsyncGenerator<FixedFactorPairs> {
  for (const { factors, values, partners } of drafts(measurement, source, options)) {
    fix(partners, factors, source.names.length, (row) => row, values);
    yield { factors, codes: await encodeMeans(measurement, source.find(values)), partners: await encodeMeans(measurement, source.find(partners)) };
  }
}

/** Gives every row of `values` the fixed factor's value of a row of `models`. */
function fix(values: Int32Array, factors: Uint32Array, width: number, modelOf: (row: number) => number, models: Int32Array): void {
  const rows = values.length / width;
  const batch = rows / factors.length;
  for (let row = 0; row < rows; row += 1) {
    const factor = factors[Math.floor(row / batch)] ?? 0;
    values[row * width + factor] = models[modelOf(row) * width + factor] ?? 0;
  }
}

function* drafts({ seed }: Measurement, { sizes, valuesOf }: FactorSource, { score, part, count, batch }: BatchOptions): Generator<Draft> {
  const combinations = sizes.reduce((product, size) => product * size, 1);
  const stream = (name: string) => createStream(seed, `metric/${score}/${part}/${name}`);
  const [factorStream, imageStream, partnerStream] = [stream("factors"), stream("images"), stream("partners")];
  const most = Math.max(1, Math.floor(imagesAtOnce / batch));
  for (let [chunk, left] = [0, count]; left > 0; chunk += 1, left -= most) {
    const batches = Math.min(most, left);
    yield {
      factors: factorStream.integers(chunk, batches, sizes.length),
      values: valuesOf(imageStream.integers(chunk, batches * batch, combinations)),
      get partners() {
        return valuesOf(partnerStream.integers(chunk, batches * batch, combinations));
      },
    };
  }
}

/** Throws `METRIC_INPUT` where images cannot be drawn by their factors' values. */
export function requireCombinations({ dataset }: Measurement, { sizes }: FactorSource, score: string): void {
  const combinations = sizes.reduce((product, size) => product * size, 1);
  if (dataset.size !== combinations) {
    throw new IdganError("METRIC_INPUT", `${score} draws images by any combination of factor values; there are ${combinations}, and ${dataset.name} has ${dataset.size} images. Take a dataset with one image for each combination.`);
  }
}

/** Throws `METRIC_INPUT` where a batch of images that share one value would repeat the few that have it; pairs share a value two by two, and need no such number. */
export function requireImagesOfOneValue({ dataset }: Measurement, { names, sizes }: FactorSource, score: string, batch: number): void {
  const largest = Math.max(...sizes);
  const images = dataset.size / largest;
  if (images < batch) {
    throw new IdganError("METRIC_INPUT", `${score} takes batches of ${batch} images that share a value of ${names[sizes.indexOf(largest)]}, and ${dataset.name} has ${images} for each. Lower the batch to ${images} or less, with --set ${bareNameOf(score)}.batch=${images}; the score is then not comparable with published ones.`);
  }
}
