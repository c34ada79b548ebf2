import { createEagerEngine, unitSpace, type Dataset, type Factor, type Measurement } from "@idgan/core";
import { unit } from "./synthetic-codes.test.table.js";

export interface StubRequest {
  readonly sizes: readonly number[];
  readonly latentDim: number;
  /** Mean of one latent, from the values of the factors and noise in [-1/2, 1/2). */
  mean(values: readonly number[], latent: number, noise: number): number;
  readonly logVar?: number;
  readonly seed?: number;
  readonly others?: Measurement["others"];
}

/** A run whose encoder is a formula, on images of every combination of factors. Counts calls of `encode`. */
export function stubMeasurement({ sizes, latentDim, mean, logVar = -4, seed = 0, others = [] }: StubRequest): Measurement & { readonly calls: number[] } {
  const dataset = stubDataset(sizes);
  const calls: number[] = [];
  return {
    name: "runs/stub",
    dataset,
    latentDim,
    seed,
    others,
    calls,
    engine: createEagerEngine(),
    hasGenerator: false,
    encodeImages: unasked,
    decode: unasked,
    drawCodes: unasked,
    openGenerator: unasked,
    remember: (_key, make) => make(),
    track: (_what, _count, work) => work(() => undefined),
    async encode(indices) {
      calls.push(indices.length);
      const means = new Float32Array(indices.length * latentDim);
      const values = valuesOf(indices, sizes);
      for (let place = 0; place < means.length; place += 1) {
        const [row, latent] = [Math.floor(place / latentDim), place % latentDim];
        const image = indices[row] ?? 0;
        means[place] = mean([...values.subarray(row * sizes.length, (row + 1) * sizes.length)], latent, unit(image, latent) - 0.5);
      }
      return { mean: means, logVar: new Float32Array(means.length).fill(logVar) };
    },
  };
}

/** What no score of this plugin asks for. */
const unasked = async (): Promise<never> => Promise.reject(new Error("These scores are of the encoder alone."));

/** One image for each combination, the last factor fastest; called a, b, c, … */
function stubDataset(sizes: readonly number[]): Dataset {
  const factors: readonly Factor[] = sizes.map((size, k) => ({ name: String.fromCharCode(97 + k), size }));
  return {
    name: "stub images",
    size: sizes.reduce((product, size) => product * size, 1),
    image: unitSpace(4, 1),
    fingerprint: "stub",
    batch: async (indices) => new Float32Array(indices.length * 16),
    factors,
    factorValues: (indices) => valuesOf(indices, sizes),
    indicesOf: (values) =>
      Uint32Array.from({ length: values.length / sizes.length }, (_, row) => sizes.reduce((index, size, k) => index * size + (values[row * sizes.length + k] ?? 0), 0)),
  };
}

function valuesOf(indices: ArrayLike<number>, sizes: readonly number[]): Int32Array {
  const values = new Int32Array(indices.length * sizes.length);
  for (let row = 0; row < indices.length; row += 1) {
    let rest = indices[row] ?? 0;
    for (let k = sizes.length - 1; k >= 0; k -= 1) {
      const size = sizes[k] ?? 1;
      values[row * sizes.length + k] = rest % size;
      rest = Math.floor(rest / size);
    }
  }
  return values;
}
