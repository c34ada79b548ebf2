import { expectFactors, IdganError, messageOf, type FactoredDataset, type Subject } from "@idgan/core";

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
export function openFactors(subject: Subject, score: string, least = 1): FactorSource {
  const dataset = expectFactors(subject.dataset);
  const { factors } = dataset;
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
    read: (indices) => pick(dataset.factorValues(indices), factors.length, columns),
    pin: (indices, fixed, models) => {
      const values = dataset.factorValues(indices);
      const wanted = dataset.factorValues(models);
      for (let i = 0; i < fixed.length; i += 1) {
        const place = i * factors.length + (columns[fixed[i] ?? 0] ?? 0);
        values[place] = wanted[place] ?? 0;
      }
      return find(dataset, values, score);
    },
  };
}

/** The dataset with the images for `values`; scores that fix a factor need every combination of values. */
function find(dataset: FactoredDataset, values: Int32Array, score: string): Uint32Array {
  try {
    return dataset.indicesOf(values);
  } catch (cause) {
    throw new IdganError("METRIC_INPUT", `${score} draws images with any combination of factor values, and ${dataset.name} could not give one: ${messageOf(cause)}. Take a dataset that holds every combination.`, cause);
  }
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
