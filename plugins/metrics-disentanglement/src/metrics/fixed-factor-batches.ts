import { createStream, IdganError, type Measurement } from "@idgan/core";
import type { Matrix } from "../numerics/matrix.js";
import { encodeMeans, imagesAtOnce } from "./draw.js";
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

/** Images before the factor is fixed, in chunks. */
interface Draft {
  readonly factors: Uint32Array;
  /** `factors`, for each image. */
  readonly fixed: Uint32Array;
  readonly images: Uint32Array;
  readonly partners: Uint32Array;
}

/** Batches whose images all have the fixed factor's value of the first; all other factors are drawn uniformly. */
export async function* batchesOfOneValue(measurement: Measurement, source: FactorSource, options: BatchOptions): AsyncGenerator<FixedFactorBatches> {
  for (const { factors, fixed, images } of drafts(measurement, source, options)) {
    const models = images.map((_, place) => images[place - (place % options.batch)] ?? 0);
    yield { factors, codes: await encodeMeans(measurement, source.pin(images, fixed, models)) };
  }
}

/** Batches of pairs that share the fixed factor's value; it may differ from pair to pair. */
export async function* batchesOfPairs(measurement: Measurement, source: FactorSource, options: BatchOptions): AsyncGenerator<FixedFactorPairs> {
  for (const { factors, fixed, images, partners } of drafts(measurement, source, options)) {
    const codes = await encodeMeans(measurement, images);
    yield { factors, codes, partners: await encodeMeans(measurement, source.pin(partners, fixed, images)) };
  }
}

function* drafts({ dataset, seed }: Measurement, { sizes }: FactorSource, { score, part, count, batch }: BatchOptions): Generator<Draft> {
  const stream = (name: string) => createStream(seed, `metric/${score}/${part}/${name}`);
  const [factorStream, imageStream, partnerStream] = [stream("factors"), stream("images"), stream("partners")];
  const most = Math.max(1, Math.floor(imagesAtOnce / batch));
  for (let [chunk, left] = [0, count]; left > 0; chunk += 1, left -= most) {
    const batches = Math.min(most, left);
    const factors = factorStream.integers(chunk, batches, sizes.length);
    yield {
      factors,
      fixed: Uint32Array.from({ length: batches * batch }, (_, place) => factors[Math.floor(place / batch)] ?? 0),
      images: imageStream.integers(chunk, batches * batch, dataset.size),
      partners: partnerStream.integers(chunk, batches * batch, dataset.size),
    };
  }
}

/** Throws `METRIC_INPUT` where images cannot be drawn by their factors' values, or a batch would repeat the few that share one. */
export function requireCombinations({ dataset }: Measurement, { names, sizes }: FactorSource, score: string, batch: number): void {
  const combinations = sizes.reduce((product, size) => product * size, 1);
  if (dataset.size !== combinations) {
    throw new IdganError("METRIC_INPUT", `${score} draws images by any combination of factor values; there are ${combinations}, and ${dataset.name} has ${dataset.size} images. Take a dataset with one image for each combination.`);
  }
  const largest = Math.max(...sizes);
  const images = combinations / largest;
  if (images < batch) {
    throw new IdganError("METRIC_INPUT", `${score} takes batches of ${batch} images that share a value of ${names[sizes.indexOf(largest)]}, and ${dataset.name} has ${images} for each. Lower the metric's batch to ${images} or less; the score is then not comparable with published ones.`);
  }
}
