import { createStream, IdganError, type DrawnLatents, type ImageSpace, type Measurement } from "@idgan/core";

/** Images that are made as they are asked for, a batch at a time. */
export interface ImageSource {
  /** What they are, for progress: `real images`. */
  readonly title: string;
  readonly count: number;
  readonly image: ImageSpace;
  /** Says which images they are, among all that a measurement may ask for. */
  readonly key: string;
  /** Pixels of images `start` to `end`, `[end - start, height, width, channels]` in [0, 1], rounded as a file of bytes would. */
  pixels(start: number, end: number): Promise<Float32Array>;
}

/** Whose images are measured: the generator's, or the VAE's own decoder's of the very same codes. */
export type Maker = "generator" | "decoder";

/** Images of the dataset at the maker's size, without replacement; all of them where there are no more than `count`. */
export async function realImages({ dataset: small, openGenerator, seed }: Measurement, count: number, maker: Maker = "generator"): Promise<ImageSource> {
  const dataset = maker === "decoder" ? small : (await openGenerator()).dataset;
  const all = dataset.size <= count;
  const indices = all ? Uint32Array.from({ length: dataset.size }, (_, i) => i) : createStream(seed, "fidelity/real").permutation(0, dataset.size).subarray(0, count);
  return {
    title: "real images",
    count: indices.length,
    image: dataset.image,
    key: `real ${dataset.fingerprint} ${dataset.image.height}x${dataset.image.width}x${dataset.image.channels} ${all ? "all" : `${count} by seed ${seed}`}`,
    pixels: async (start, end) => rounded(await dataset.batch(indices.subarray(start, end))),
  };
}

/** Images that the run makes, of s and c as its generator was trained with. */
export async function madeImages(measurement: Measurement, count: number, maker: Maker = "generator"): Promise<ImageSource> {
  const generator = await measurement.openGenerator();
  const { s, c } = await drawLatents(measurement, count);
  const { nuisanceDim, latentDim } = generator;
  const codes = (start: number, end: number) => c.subarray(start * latentDim, end * latentDim);
  return {
    title: maker === "decoder" ? "decoded images" : "generated images",
    count,
    image: maker === "decoder" ? measurement.dataset.image : generator.image,
    key: `${maker} ${count} by seed ${measurement.seed}`,
    pixels: async (start, end) => rounded(maker === "decoder" ? await measurement.decode(codes(start, end)) : await generator.generate(s.subarray(start * nuisanceDim, end * nuisanceDim), codes(start, end))),
  };
}

/** Every score of this plugin sees the same draws of one seed. */
export async function drawLatents({ openGenerator, seed }: Measurement, count: number): Promise<DrawnLatents> {
  return (await openGenerator()).draw({ count, seed, name: "fidelity" });
}

/** Throws `METRIC_INPUT` for fewer than two images, whose features have no spread. */
export function expectSeveral({ title, count }: ImageSource): void {
  if (count < 2) throw new IdganError("METRIC_INPUT", `There ${count === 1 ? "is 1 image" : `are ${count} images`} among the ${title}, and a distribution of features takes at least 2.`);
}

/** Pixels as a picture of bytes keeps them: what is measured is what a user sees and saves. */
function rounded(pixels: Float32Array): Float32Array {
  for (let i = 0; i < pixels.length; i += 1) pixels[i] = Math.round(255 * Math.min(1, Math.max(0, pixels[i] as number))) / 255;
  return pixels;
}
