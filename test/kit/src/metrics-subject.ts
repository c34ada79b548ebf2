import { createStream, IdganError, unitSpace, type Codes, type Dataset, type DrawnCodes, type DrawRequest, type Factor, type Subject, type TrainedGenerator } from "@idgan/core";

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
  /** Leaves the generator out, as a run of stage 1 alone does. */
  readonly withoutGenerator?: boolean;
  /** Number of the encoder: another sees the same factors through other noise, in another order of latents. */
  readonly encoder?: number;
}

/** How far s moves an image of the generator beside c. */
const nuisanceShare = 0.2;
const nuisanceDim = 2;

/** An encoder of 96 images by three factors: a latent for each, one for two at once, and one of noise; and a generator of such images. No network is behind them. */
export function createMetricsSubject({ seed, condition = "normal codes", withoutFactors = false, withoutGenerator = false, encoder = 0 }: SubjectRequest): WatchedSubject {
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
  const codesOf = (indices: ArrayLike<number>): Codes => {
    const given = { mean: new Float32Array(indices.length * latentDim), logVar: new Float32Array(indices.length * latentDim) };
    for (let i = 0; i < indices.length; i += 1) {
      const index = indices[i] ?? -1;
      expectImage(index, dataset.size);
      for (let latent = 0; latent < latentDim; latent += 1) [given.mean[i * latentDim + latent], given.logVar[i * latentDim + latent]] = encodeOne(index, latent);
    }
    return given;
  };
  const drawCodes = async ({ count, seed: key, name, code = "posterior" }: DrawRequest): Promise<DrawnCodes> => {
    const epsilon = createStream(key, `${name}/code`).normal(0, count * latentDim);
    if (code === "prior") return { c: epsilon };
    const indices = createStream(key, `${name}/images`).integers(0, count, dataset.size);
    const { mean, logVar } = codesOf(indices);
    return { c: code === "mean" ? mean : mean.map((value, i) => value + Math.exp((logVar[i] ?? 0) / 2) * (epsilon[i] ?? 0)), indices };
  };
  /** Pixels that grow from left to right with the first latent, from top to bottom with the last, and with s everywhere. */
  const paint = (c: Float32Array, s: Float32Array): Float32Array => {
    const pixels = new Float32Array((c.length / latentDim) * 16);
    for (let place = 0; place < pixels.length; place += 1) {
      const [row, across, down] = [Math.floor(place / 16), place % 4, Math.floor(place / 4) % 4];
      const [first, last, nuisance] = [c[row * latentDim] ?? 0, c[(row + 1) * latentDim - 1] ?? 0, s[row * nuisanceDim] ?? 0];
      pixels[place] = 1 / (1 + Math.exp(-((first * (across + 1)) / 4 + (last * down) / 4 + nuisanceShare * nuisance)));
    }
    return pixels;
  };
  const remembered = new Map<string, Promise<unknown>>();
  return {
    name: `testkit encoder ${encoder}`,
    dataset,
    latentDim,
    handedOut,
    hasGenerator: !withoutGenerator,
    async encode(indices) {
      const given = codesOf(indices);
      handedOut.push({ given, copy: { mean: given.mean.slice(), logVar: given.logVar.slice() } });
      return given;
    },
    /** Of the dataset's image that is as bright. */
    async encodeImages(pixels, { height, width, channels }) {
      const length = height * width * channels;
      return codesOf(Uint32Array.from({ length: pixels.length / length }, (_, i) => brightest(pixels.subarray(i * length, (i + 1) * length), dataset.size)));
    },
    decode: async (c) => paint(c, new Float32Array()),
    drawCodes,
    async openGenerator(): Promise<TrainedGenerator> {
      if (withoutGenerator) throw new IdganError("METRIC_INPUT", "This subject has no generator.");
      const draw: TrainedGenerator["draw"] = async (request) => ({ ...(await drawCodes(request)), s: createStream(request.seed, `${request.name}/nuisance`).normal(0, request.count * nuisanceDim) });
      return { nuisanceDim, latentDim, image: dataset.image, dataset, code: "posterior", draw, generate: async (s, c) => paint(c, s) };
    },
    remember<T>(key: string, make: () => Promise<T>): Promise<T> {
      const known = (remembered.get(key) as Promise<T> | undefined) ?? make();
      remembered.set(key, known);
      return known;
    },
  };
}

/** Index of the image whose pixels are the mean of these. */
function brightest(pixels: Float32Array, size: number): number {
  const mean = pixels.reduce((sum, pixel) => sum + pixel, 0) / pixels.length;
  return Math.min(size - 1, Math.max(0, Math.round(mean * size)));
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
