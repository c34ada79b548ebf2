import { createEagerEngine, createStream, IdganError, unitSpace, type CodeDraw, type Codes, type Dataset, type DrawnCodes, type DrawRequest, type ImageSpace, type Measurement } from "@idgan/core";

export interface StubRequest {
  readonly latentDim: number;
  readonly nuisanceDim?: number;
  /** Codes of the generator's training. */
  readonly code?: CodeDraw;
  /** q(c|x) of image `index`. */
  posterior?(index: number, latent: number): readonly [mean: number, logVar: number];
  /** What the encoder reads in an image of s and c, row by row. */
  read(c: Float32Array, s: Float32Array): readonly (readonly [mean: number, logVar: number])[];
  /** What it reads in the decoder's image, which has no s. Default: as the generator's, of s = 0. */
  readDecoded?(c: Float32Array): readonly (readonly [mean: number, logVar: number])[];
  readonly images?: number;
  readonly name?: string;
  readonly others?: Measurement["others"];
  readonly withoutGenerator?: boolean;
}

/** A run whose images are its codes: a pixel for each latent, one for each nuisance, one that says who painted; and whose encoder is a formula of them. */
export function stubMeasurement(request: StubRequest): Measurement {
  const { latentDim, nuisanceDim = 2, code: trained = "posterior", posterior = () => [0, 0], images = 64, name = "runs/stub", others = [] } = request;
  const width = latentDim + nuisanceDim + 1;
  const image: ImageSpace = { ...unitSpace(1, 1), width };
  const dataset: Dataset = { name: "stub images", size: images, image, fingerprint: "stub", batch: async (indices) => new Float32Array(indices.length * width) };
  const encode = async (indices: ArrayLike<number>): Promise<Codes> => codesOf(Array.from(indices, (index) => Array.from({ length: latentDim }, (_, latent) => posterior(index, latent))));
  const drawCodes = async ({ count, seed, name: stream, code = "posterior" }: DrawRequest): Promise<DrawnCodes> => {
    const epsilon = createStream(seed, `${stream}/code`).normal(0, count * latentDim);
    if (code === "prior") return { c: epsilon };
    const indices = createStream(seed, `${stream}/images`).integers(0, count, images);
    const { mean, logVar } = await encode(indices);
    return { c: code === "mean" ? mean : mean.map((value, i) => value + Math.exp((logVar[i] ?? 0) / 2) * (epsilon[i] ?? 0)), indices };
  };
  const paint = (c: Float32Array, s: Float32Array | undefined): Float32Array => {
    const pixels = new Float32Array((c.length / latentDim) * width);
    for (let row = 0; row < c.length / latentDim; row += 1) {
      pixels.set(c.subarray(row * latentDim, (row + 1) * latentDim), row * width);
      if (s) pixels.set(s.subarray(row * nuisanceDim, (row + 1) * nuisanceDim), row * width + latentDim);
      pixels[(row + 1) * width - 1] = s ? 0 : 1;
    }
    return pixels;
  };
  const remembered = new Map<string, Promise<unknown>>();
  return {
    name,
    dataset,
    latentDim,
    seed: 0,
    others,
    engine: createEagerEngine(),
    hasGenerator: request.withoutGenerator !== true,
    encode,
    drawCodes,
    decode: async (c) => paint(c, undefined),
    async encodeImages(pixels) {
      const rows = Array.from({ length: pixels.length / width }, (_, row) => pixels.subarray(row * width, (row + 1) * width));
      return codesOf(
        rows.map((row) => {
          const [c, s] = [row.subarray(0, latentDim), row.subarray(latentDim, width - 1)];
          return row[width - 1] === 1 && request.readDecoded ? request.readDecoded(c) : request.read(c, s);
        }),
      );
    },
    async openGenerator() {
      if (request.withoutGenerator) throw new IdganError("METRIC_INPUT", `The run in ${name} has no generator.`);
      const draw = async (asked: DrawRequest) => ({ ...(await drawCodes({ code: trained, ...asked })), s: createStream(asked.seed, `${asked.name}/nuisance`).normal(0, asked.count * nuisanceDim) });
      return { nuisanceDim, latentDim, image, dataset, code: trained, draw, generate: async (s, c) => paint(c, s) };
    },
    remember<T>(key: string, make: () => Promise<T>): Promise<T> {
      const known = (remembered.get(key) as Promise<T> | undefined) ?? make();
      remembered.set(key, known);
      return known;
    },
    track: (_what, _count, work) => work(() => undefined),
  };
}

function codesOf(rows: readonly (readonly (readonly [number, number])[])[]): Codes {
  return { mean: Float32Array.from(rows.flat(), ([mean]) => mean), logVar: Float32Array.from(rows.flat(), ([, logVar]) => logVar) };
}
