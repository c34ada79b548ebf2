import { join } from "node:path";
import { IdganError } from "../contract/error.js";
import { openModels } from "./open-models.js";
import type { Tell } from "./load-vae.js";
import { preparePicturePath } from "./picture-path.js";
import type { Image } from "./pictures/image.js";
import { writePng } from "./pictures/png.js";
import { checkCodeSettings, isSweep, type CodeSetting } from "./sampling/code-setting.js";
import { interpolationPicture, mixingPicture, seedSheet, styleMixingPicture, sweepPicture, type Along, type SceneSetting } from "./sampling/sample-scenes.js";
import { samples } from "./scenes.js";
import type { Studio } from "./studio.js";

/** What a picture of chosen seeds shows. */
export type SampleGrid = "interpolation" | "mixing" | "style-mixing";

export interface SampleOptions {
  /** Images in the sheet. Default 64. */
  readonly count?: number;
  /** Number of the draw: another one gives other images of the same run. Default 0. */
  readonly draw?: number;
  /** An image for each of these seeds instead of a draw of `count`. A seed gives the same image in every picture. */
  readonly seeds?: readonly number[];
  /** Latents that are held at a value, or swept along a row: one in the image of each seed, two down and across in that of the first. */
  readonly code?: readonly CodeSetting[];
  /**
   * `interpolation`: from each seed to the next. `mixing`: the code of each seed down, the nuisance of each across. `style-mixing`: each seed down,
   * with the styles of the seeds across in its finer layers, where the generator has styles.
   */
  readonly grid?: SampleGrid;
  /** What an interpolation moves. Default `both`. */
  readonly along?: Along;
  /** Images along a sweep or an interpolation. Default 7. */
  readonly columns?: number;
  /** First layer that takes the other seed's style in `style-mixing`, counted from 0. Default: half of the layers. */
  readonly layer?: number;
  /** Truncation, psi: how far styles are left from their mean for the same c; 1 leaves them as they are. For generators that have styles. */
  readonly truncation?: number;
  /** So many first layers are truncated. Default: all. */
  readonly truncatedLayers?: number;
  /** Default `images/samples-<draw>.png` in the run, or a name that says the grid and the seeds. */
  readonly out?: string;
  /** Hears of a damaged checkpoint that was passed over. */
  readonly tell?: Tell;
}

/** Seeds of a grid where none are named. */
const fewSeeds = [0, 1, 2, 3];

/** Writes a picture of images of the generator, and returns its path: a sheet of G(s, c) with s ~ N(0, I) and c as in training, or what `options` choose. */
export async function sample(directory: string, options: SampleOptions = {}): Promise<string> {
  const { code = [], grid, layer, truncation, truncatedLayers, out, tell } = options;
  const sweeps = code.some(isSweep);
  if (grid !== undefined && sweeps) throw new IdganError("USAGE", `--grid ${grid} with a range of c: a sweep is a picture of its own. Leave one of the two out, or hold the latent at one value.`);
  if (grid === "interpolation" && (options.seeds?.length ?? fewSeeds.length) < 2) throw new IdganError("USAGE", "--grid interpolation: it goes from one seed to the next. Name two or more with --seeds.");
  if (truncatedLayers !== undefined && truncation === undefined) throw new IdganError("USAGE", "--truncated-layers says how many layers --truncation reaches. Name a truncation too, such as --truncation 0.7.");
  if (layer !== undefined && grid !== "style-mixing") throw new IdganError("USAGE", "--layer says where --grid style-mixing begins. Name that grid too, or leave the layer out.");
  if (out !== undefined) await preparePicturePath(out);
  const controls = truncation === undefined ? undefined : { truncation, ...(truncatedLayers === undefined ? {} : { truncatedLayers }) };
  const models = await openModels(directory, tell, controls);
  try {
    expectAbilities(models.studio, options);
    const path = out ?? join(models.images, `${nameOf(options)}.png`);
    await writePng(path, await draw(models.studio, options));
    return path;
  } finally {
    await models.close();
  }
}

/** Throws `USAGE` for what this run's generator cannot do. */
function expectAbilities({ latentDim, nuisanceDim, sampling }: Studio, { code = [], grid, layer, truncation }: SampleOptions): void {
  checkCodeSettings(code, latentDim);
  if (grid === "mixing" && nuisanceDim === 0) throw new IdganError("USAGE", "--grid mixing: this run's generator has no nuisance s (gan.nuisanceDim is 0), so there is nothing to mix with its codes.");
  if (truncation !== undefined && !sampling.truncates) throw new IdganError("USAGE", "--truncation: this run's generator has no styles to truncate, as StyleGAN's has. Leave it out.");
  if (grid !== "style-mixing") return;
  if (!sampling.mixes) throw new IdganError("USAGE", "--grid style-mixing: this run's generator has no styles to mix, as StyleGAN's has. --grid mixing shows codes with other nuisances.");
  if (layer !== undefined && layer >= sampling.layers) throw new IdganError("USAGE", `--layer ${layer}: this run's generator has the layers 0 to ${sampling.layers - 1}.`);
}

function draw(studio: Studio, { count = 64, draw: number = 0, seeds, code = [], grid, along = "both", columns = 7, layer }: SampleOptions): Promise<Image> {
  const setting = (chosen: readonly number[]): SceneSetting => ({ studio, seeds: seeds ?? chosen, settings: code, steps: columns });
  if (grid === "interpolation") return interpolationPicture(setting(fewSeeds), along);
  if (grid === "mixing") return mixingPicture(setting(fewSeeds));
  if (grid === "style-mixing") return styleMixingPicture(setting(fewSeeds), layer ?? Math.floor(studio.sampling.layers / 2));
  if (code.some(isSweep)) return sweepPicture(setting(fewSeeds));
  if (seeds !== undefined || code.length > 0) return seedSheet(setting(Array.from({ length: count }, (_, i) => number * count + i)));
  return samples(studio, count, number);
}

/** `interpolation-0-1-2-3`, `sweep-c3-0-1`: a name that says what the picture shows, and stays short. */
function nameOf({ draw: number = 0, seeds, code = [], grid, layer, truncation }: SampleOptions): string {
  const swept = code.filter(isSweep).map(({ latent }) => `c${latent}`);
  const kind = grid ?? (swept.length > 0 ? `sweep-${swept.join("-")}` : undefined);
  const shown = kind === undefined && seeds === undefined ? [`samples-${number}`] : [kind ?? "seeds", ...(seeds ?? fewSeeds)];
  const held = code.filter((setting) => !isSweep(setting)).map(({ latent, from }) => `c${latent}=${from}`);
  return [...shown, ...held, ...(layer === undefined ? [] : [`layer-${layer}`]), ...(truncation === undefined ? [] : [`psi-${truncation}`])].join("-").slice(0, 80);
}
