import { IdganError, messageOf, type Dataset, type Subject } from "@idgan/core";

/** The factors of a dataset that vary, and the way between their values and images. */
export interface FactorSource {
  readonly names: readonly string[];
  /** How many values each takes. */
  readonly sizes: readonly number[];
  /** A sentence for each factor that was left out. */
  readonly notes: readonly string[];
  /** Values of these factors, `[indices.length, names.length]`. */
  read(indices: ArrayLike<number>): Int32Array;
  /** For each place of `indices` the image that agrees with it in all factors but `factors[place]`, and in that one with the image at `models[place]`. */
  pin(indices: ArrayLike<number>, factors: ArrayLike<number>, models: ArrayLike<number>): Uint32Array;
}

/** Throws `METRIC_INPUT` where the dataset lacks factors, or has fewer than `least` that vary; `score` names the metric in messages. */
export function openFactors({ dataset }: Subject, score: string, least = 1): FactorSource {
  const { factors } = dataset;
  if (factors === undefined || factors.length === 0) {
    throw new IdganError("METRIC_INPUT", `${score} needs factors of variation, and ${dataset.name} has none. Take a dataset with factors, or a metric that needs images only.`);
  }
  const read = methodOf(dataset, "factorValues", score);
  const columns = factors.flatMap(({ size }, column) => (size > 1 ? [column] : []));
  if (columns.length < least) {
    const count = columns.length === 0 ? "none" : "only one";
    throw new IdganError("METRIC_INPUT", `${score} needs ${least === 1 ? "a factor" : "two factors"} with more than one value, and ${dataset.name} has ${count}. Take a dataset in which more varies.`);
  }
  const varied = columns.map((column) => factors[column] as (typeof factors)[number]);
  return {
    names: varied.map(({ name }) => name),
    sizes: varied.map(({ size }) => size),
    notes: factors.filter(({ size }) => size <= 1).map(({ name }) => `The factor ${name} has one value, and was left out.`),
    read: (indices) => pick(read(indices), factors.length, columns),
    pin: (indices, fixed, models) => {
      const values = read(indices);
      const wanted = read(models);
      for (let i = 0; i < fixed.length; i += 1) {
        const place = i * factors.length + (columns[fixed[i] ?? 0] ?? 0);
        values[place] = wanted[place] ?? 0;
      }
      return find(dataset, values, score);
    },
  };
}

/** The dataset with the images for `values`; scores that fix a factor need every combination of values. */
function find(dataset: Dataset, values: Int32Array, score: string): Uint32Array {
  try {
    return methodOf(dataset, "indicesOf", score)(values);
  } catch (cause) {
    if (cause instanceof IdganError) throw cause;
    throw new IdganError("METRIC_INPUT", `${score} draws images with any combination of factor values, and ${dataset.name} could not give one: ${messageOf(cause)}. Take a dataset that holds every combination.`, cause);
  }
}

function methodOf<Name extends "factorValues" | "indicesOf">(dataset: Dataset, name: Name, score: string): NonNullable<Dataset[Name]> {
  const method = dataset[name];
  if (method === undefined) {
    throw new IdganError("METRIC_INPUT", `${score} needs ${name} of the dataset, and ${dataset.name} has factors without it. Add ${name} to the data plugin.`);
  }
  return method.bind(dataset) as NonNullable<Dataset[Name]>;
}

function pick(values: Int32Array, width: number, columns: readonly number[]): Int32Array {
  const rows = values.length / width;
  const result = new Int32Array(rows * columns.length);
  for (let i = 0; i < rows; i += 1) {
    for (let j = 0; j < columns.length; j += 1) {
      result[i * columns.length + j] = values[i * width + (columns[j] ?? 0)] ?? 0;
    }
  }
  return result;
}
