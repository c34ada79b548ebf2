import { join } from "node:path";
import { openModels } from "./open-models.js";
import type { Tell } from "./load-vae.js";
import { preparePicturePath } from "./picture-path.js";
import { writePng } from "./pictures/png.js";
import { samples } from "./scenes.js";

export interface SampleOptions {
  /** Images in the sheet. Default 64. */
  readonly count?: number;
  /** Number of the draw: another one gives other images of the same run. Default 0. */
  readonly draw?: number;
  /** Default `images/samples-<draw>.png` in the run. */
  readonly out?: string;
  /** Hears of a damaged checkpoint that was passed over. */
  readonly tell?: Tell;
}

/** Writes a sheet of G(s, c) with s ~ N(0, I) and c from the aggregated posterior, and returns its path. */
export async function sample(directory: string, { count = 64, draw = 0, out, tell }: SampleOptions = {}): Promise<string> {
  if (out !== undefined) await preparePicturePath(out);
  const models = await openModels(directory, tell);
  try {
    const path = out ?? join(models.images, `samples-${draw}.png`);
    await writePng(path, await samples(models.studio, count, draw));
    return path;
  } finally {
    await models.close();
  }
}
