import { createStream, unitSpace, type Codes, type Dataset, type Factor, type Subject } from "@idgan/core";

/** Subjects that metrics are measured on, by what is odd about them. */
export const conditions = ["normal codes", "a constant latent", "constant codes", "a single latent", "a factor of a single value"] as const;
export type Condition = (typeof conditions)[number];

const factors: readonly Factor[] = [
  { name: "shape", size: 3 },
  { name: "scale", size: 4 },
  { name: "place", size: 8 },
];
const single: Factor = { name: "colour", size: 1 };

/** A subject that keeps what it handed out, so that a check can see what became of it. */
export interface WatchedSubject extends Subject {
  readonly handedOut: readonly { readonly given: Codes; readonly copy: Codes }[];
}

export interface SubjectRequest {
  readonly seed: number;
  readonly condition?: Condition;
  /** Leaves the factors out, though the images are the same. */
  readonly withoutFactors?: boolean;
  /** Number of the encoder: another sees the same factors through other noise, in another order of latents. */
  readonly encoder?: number;
}

/** An encoder of 96 images by three factors: a latent for each, one for two at once, and one of noise. No network is behind it. */
export function createMetricsSubject({ seed, condition = "normal codes", withoutFactors = false, encoder = 0 }: SubjectRequest): WatchedSubject {
  const dataset = createDataset(condition === "a factor of a single value", withoutFactors);
  const latentDim = condition === "a single latent" ? 1 : 5;
  const noise = createStream(seed, `testkit/codes-${encoder}`).normal(0, dataset.size * latentDim);
  const handedOut: { given: Codes; copy: Codes }[] = [];
  const encodeOne = (index: number, latent: number): readonly [mean: number, logVar: number] => {
    if (condition === "constant codes" || (condition === "a constant latent" && latent === 1)) return [0, 0];
    const [shape = 0, scale = 0, place = 0] = factors.map((factor, at) => standardised(valuesOf(index)[at] ?? 0, factor.size));
    const clean = [shape, scale, place, (shape + place) / 2, 0][(latent + encoder) % latentDim] ?? 0;
    return [clean + 0.1 * (noise[index * latentDim + latent] ?? 0), (latent + encoder) % latentDim === 4 ? -0.02 : -4];
  };
  return {
    name: `testkit encoder ${encoder}`,
    dataset,
    latentDim,
    handedOut,
    async encode(indices) {
      const given = { mean: new Float32Array(indices.length * latentDim), logVar: new Float32Array(indices.length * latentDim) };
      for (let i = 0; i < indices.length; i += 1) {
        const index = indices[i] ?? -1;
        expectImage(index, dataset.size);
        for (let latent = 0; latent < latentDim; latent += 1) [given.mean[i * latentDim + latent], given.logVar[i * latentDim + latent]] = encodeOne(index, latent);
      }
      handedOut.push({ given, copy: { mean: given.mean.slice(), logVar: given.logVar.slice() } });
      return given;
    },
  };
}

function createDataset(withSingle: boolean, withoutFactors: boolean): Dataset {
  const all = withSingle ? [single, ...factors] : factors;
  const offset = withSingle ? 1 : 0;
  const size = factors.reduce((product, factor) => product * factor.size, 1);
  const images: Dataset = {
    name: "testkit images",
    size,
    image: unitSpace(4, 1),
    fingerprint: "testkit",
    async batch(indices) {
      const pixels = new Float32Array(indices.length * 16);
      for (let i = 0; i < indices.length; i += 1) {
        expectImage(indices[i] ?? -1, size);
        pixels.fill((indices[i] ?? 0) / size, i * 16, (i + 1) * 16);
      }
      return pixels;
    },
  };
  if (withoutFactors) return images;
  return {
    ...images,
    factors: all,
    factorValues(indices) {
      const rows = Array.from(indices, (index) => {
        expectImage(index, size);
        return [...(withSingle ? [0] : []), ...valuesOf(index)];
      });
      return Int32Array.from(rows.flat());
    },
    indicesOf: (values) => Uint32Array.from({ length: values.length / all.length }, (_, i) => factors.reduce((index, factor, at) => index * factor.size + (values[i * all.length + offset + at] ?? 0), 0)),
  };
}

/** Values of the factors of image `index`, the last one fastest. */
function valuesOf(index: number): readonly number[] {
  const values: number[] = [];
  let rest = index;
  for (const { size } of factors.toReversed()) {
    values.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return values;
}

/** A value of 0 … size - 1 as a number of mean 0 and variance 1. */
function standardised(value: number, size: number): number {
  return (value - (size - 1) / 2) / Math.sqrt((size ** 2 - 1) / 12); // the variance of a discrete uniform value
}

function expectImage(index: number, size: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= size) throw new RangeError(`image ${index}: there are images 0 to ${size - 1}`);
}
