import type { ImageSpace } from "../contract/image-space.js";
import { rankLatents, repeatRow, traversalValues, traverseCodes } from "./latents.js";
import { fixedCodePicture, fixedNuisancePicture } from "./pictures/fixed-part-picture.js";
import { imagesOf, type Image } from "./pictures/image.js";
import { samplesPicture } from "./pictures/samples-picture.js";
import { traversalPicture } from "./pictures/traversal-picture.js";
import { tripletsPicture } from "./pictures/triplets-picture.js";
import type { Studio } from "./studio.js";

/** How a traversal sweeps: `columns` values from -range to range replace each latent in turn. */
export interface Sweep {
  readonly range: number;
  readonly columns: number;
}

const SWEEP: Sweep = { range: 3, columns: 7 };

/** Latents that a traversal shows, those of highest KL: more would make a picture that nobody can look through. */
const SWEPT = 32;

/** Triplets shown. */
const SHOWN = 20;

/** Real images over the VAE's reconstructions of their mean codes. */
export async function reconstructions(studio: Studio): Promise<Image> {
  const indices = studio.shown(SHOWN);
  const real = await studio.vaeData.batch(indices);
  const { mean } = await studio.encode(real);
  return tripletsPicture({ real: images(real, studio.vaeData.image), reconstruction: images(await studio.decode(mean), studio.vaeData.image) });
}

/** Real images, the VAE's reconstruction and the generator's image, both of the same mean code. */
export async function triplets(studio: Studio): Promise<Image> {
  const indices = studio.shown(SHOWN);
  const { mean } = await studio.codesOf(indices);
  const s = studio.stream("tripletNuisance").normal(0, SHOWN * studio.nuisanceDim);
  return tripletsPicture({
    real: images(await studio.ganData.batch(indices), studio.ganData.image),
    reconstruction: images(await studio.decode(mean), studio.vaeData.image),
    generated: images(await studio.generate(s, mean), studio.ganData.image),
  });
}

/** `count` images of G(s, c), with s ~ N(0, I) and c drawn as the generator was trained: from q(c) unless told otherwise. `draw` numbers independent sheets of one seed. */
export async function samples(studio: Studio, count: number, draw = 0): Promise<Image> {
  const indices = studio.stream("sampleImages").integers(draw, count, studio.vaeData.size);
  const { mean, logVar } = await studio.codesOf(indices);
  const epsilon = studio.stream("samplePosterior").normal(draw, mean.length);
  const posterior = () => mean.map((m, i) => m + Math.exp(logVar[i]! / 2) * epsilon[i]!);
  const c = studio.code === "prior" ? epsilon : studio.code === "mean" ? mean : posterior();
  const s = studio.stream("sampleNuisance").normal(draw, count * studio.nuisanceDim);
  return samplesPicture(images(await studio.generate(s, c), studio.ganData.image));
}

/** What each latent does to the decoder's image. */
export function vaeTraversal(studio: Studio, sweep = SWEEP): Promise<Image> {
  return traversal(studio, sweep, "VAE decoder", async (c) => images(await studio.decode(c), studio.vaeData.image));
}

/** What each latent does to the generator's image, for one s. */
export function generatedTraversal(studio: Studio, sweep = SWEEP): Promise<Image> {
  const s = studio.stream("traversalNuisance").normal(0, studio.nuisanceDim);
  return traversal(studio, sweep, "ID-GAN generator", async (c) =>
    images(await studio.generate(repeatRow(s, c.length / studio.latentDim), c), studio.ganData.image),
  );
}

/** One code with many nuisances, and one nuisance with many codes. */
export async function fixedParts(studio: Studio): Promise<{ readonly "fixed-code": Image; readonly "fixed-nuisance": Image }> {
  const count = 8;
  const indices = studio.shown(count);
  const real = images(await studio.ganData.batch(indices), studio.ganData.image);
  const { mean } = await studio.codesOf(indices);
  const s = studio.stream("gridNuisance").normal(0, count * studio.nuisanceDim);
  const generated: Image[][] = [];
  for (let row = 0; row < count; row += 1) {
    const c = mean.subarray(row * studio.latentDim, (row + 1) * studio.latentDim);
    generated.push(images(await studio.generate(s, repeatRow(c, count)), studio.ganData.image));
  }
  return { "fixed-code": fixedCodePicture({ real, generated }), "fixed-nuisance": fixedNuisancePicture({ real, generated }) };
}

async function traversal(studio: Studio, { range, columns }: Sweep, title: string, render: (c: Float32Array) => Promise<Image[]>): Promise<Image> {
  const latents = rankLatents(await studio.codesOfMany(), studio.latentDim).slice(0, SWEPT);
  const { mean } = await studio.codesOf(studio.shown(1));
  const values = traversalValues(range, columns);
  const cells = await render(traverseCodes(mean, latents, values));
  const rows = latents.map(({ index, kl }, row) => ({ label: `c${index}`, kl, images: cells.slice(row * columns, (row + 1) * columns) }));
  return traversalPicture(rows, values, title);
}

/** Pixels in [0, 1] as images; models' outputs are brought to that range before they leave the engine. */
function images(pixels: Float32Array, space: ImageSpace): Image[] {
  return imagesOf(pixels, { ...space, range: [0, 1] });
}
