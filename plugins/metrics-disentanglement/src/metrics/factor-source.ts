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
  /** Images by number, from 0 to the product of `sizes` - 1: the values of these factors, the last one fastest, `[numbers.length, names.length]`. */
  valuesOf(numbers: Uint32Array): Int32Array;
  /** The images with these values of the factors. Throws `METRIC_INPUT` where the dataset has none. */
  find(values: Int32Array): Uint32Array;
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
    valuesOf: (numbers) => decode(numbers, varied.map(({ size }) => size)),
    find: (values) => find(dataset, spread(values, factors.length, columns), score),
  };
}

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

/** Back to all factors: those with one value have the value 0. */
function spread(values: Int32Array, width: number, columns: readonly number[]): Int32Array {
  if (columns.length === width) return values;
  const rows = values.length / columns.length;
  const result = new Int32Array(rows * width);
  for (let i = 0; i < rows; i += 1) {
    for (let j = 0; j < columns.length; j += 1) {
      result[i * width + (columns[j] ?? 0)] = values[i * columns.length + j] ?? 0;
    }
  }
  return result;
}

function decode(numbers: Uint32Array, sizes: readonly number[]): Int32Array {
  const values = new Int32Array(numbers.length * sizes.length);
  for (let i = 0; i < numbers.length; i += 1) {
    let rest = numbers[i] ?? 0;
    for (let k = sizes.length - 1; k >= 0; k -= 1) {
      const size = sizes[k] ?? 1;
      const quotient = Math.floor(rest / size);
      values[i * sizes.length + k] = rest - quotient * size;
      rest = quotient;
    }
  }
  return values;
}
