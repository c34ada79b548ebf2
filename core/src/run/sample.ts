import { join } from "node:path";
import { IdganError } from "../contract/error.js";
import { openModels } from "./open-models.js";
import type { Tell } from "./load-vae.js";
import { preparePicturePath } from "./picture-path.js";
import type { Image } from "./pictures/image.js";
import { writePng } from "./pictures/png.js";
import { checkCodeSettings, isSweep, type CodeSetting } from "./sampling/code-setting.js";
import { interpolationPicture, mixingPicture, seedSheet, sweepPicture, type Along, type SceneSetting } from "./sampling/sample-scenes.js";
import { samples } from "./scenes.js";
import type { Studio } from "./studio.js";

/** What a picture of chosen seeds shows. */
export type SampleGrid = "interpolation" | "mixing";

export interface SampleOptions {
  /** Images in the sheet. Default 64. */
  readonly count?: number;
  /** Number of the draw: another one gives other images of the same run. Default 0. */
  readonly draw?: number;
  /** An image for each of these seeds instead of a draw of `count`. A seed gives the same image in every picture. */
  readonly seeds?: readonly number[];
  /** Latents that are held at a value, or swept along a row: one in the image of each seed, two down and across in that of the first. */
  readonly code?: readonly CodeSetting[];
  /** `interpolation`: from each seed to the next. `mixing`: the code of each seed down, the nuisance of each across. */
  readonly grid?: SampleGrid;
  /** What an interpolation moves. Default `both`. */
  readonly along?: Along;
  /** Images along a sweep or an interpolation. Default 7. */
  readonly columns?: number;
  /** Default `images/samples-<draw>.png` in the run, or a name that says the grid and the seeds. */
  readonly out?: string;
  /** Hears of a damaged checkpoint that was passed over. */
  readonly tell?: Tell;
}

/** Seeds of a grid where none are named. */
const fewSeeds = [0, 1, 2, 3];

/** Writes a picture of images of the generator, and returns its path: a sheet of G(s, c) with s ~ N(0, I) and c as in training, or what `options` choose. */
export async function sample(directory: string, options: SampleOptions = {}): Promise<string> {
  const { code = [], grid, out, tell } = options;
  const sweeps = code.some(isSweep);
  if (grid !== undefined && sweeps) throw new IdganError("USAGE", `--grid ${grid} with a range of c: a sweep is a picture of its own. Leave one of the two out, or hold the latent at one value.`);
  if (grid === "interpolation" && (options.seeds?.length ?? fewSeeds.length) < 2) throw new IdganError("USAGE", "--grid interpolation: it goes from one seed to the next. Name two or more with --seeds.");
  if (out !== undefined) await preparePicturePath(out);
  const models = await openModels(directory, tell);
  try {
    const { studio } = models;
    checkCodeSettings(code, studio.latentDim);
    if (grid === "mixing" && studio.nuisanceDim === 0) throw new IdganError("USAGE", "--grid mixing: this run's generator has no nuisance s (gan.nuisanceDim is 0), so there is nothing to mix with its codes.");
    const path = out ?? join(models.images, `${nameOf(options)}.png`);
    await writePng(path, await draw(studio, options));
    return path;
  } finally {
    await models.close();
  }
}

function draw(studio: Studio, { count = 64, draw: number = 0, seeds, code = [], grid, along = "both", columns = 7 }: SampleOptions): Promise<Image> {
  const setting = (chosen: readonly number[]): SceneSetting => ({ studio, seeds: seeds ?? chosen, settings: code, steps: columns });
  if (grid === "interpolation") return interpolationPicture(setting(fewSeeds), along);
  if (grid === "mixing") return mixingPicture(setting(fewSeeds));
  if (code.some(isSweep)) return sweepPicture(setting(fewSeeds));
  if (seeds !== undefined || code.length > 0) return seedSheet(setting(Array.from({ length: count }, (_, i) => number * count + i)));
  return samples(studio, count, number);
}

/** `interpolation-0-1-2-3`, `sweep-c3-0-1`: a name that says what the picture shows, and stays short. */
function nameOf({ draw: number = 0, seeds, code = [], grid }: SampleOptions): string {
  const swept = code.filter(isSweep).map(({ latent }) => `c${latent}`);
  const kind = grid ?? (swept.length > 0 ? `sweep-${swept.join("-")}` : undefined);
  const held = code.filter((setting) => !isSweep(setting)).map(({ latent, from }) => `-c${latent}=${from}`).join("");
  if (kind === undefined && seeds === undefined) return `samples-${number}${held}`.slice(0, 80);
  return `${[kind ?? "seeds", ...(seeds ?? fewSeeds)].join("-")}${held}`.slice(0, 80);
}
