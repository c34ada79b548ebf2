import { join } from "node:path";
import { openModels } from "./open-models.js";
import type { Tell } from "./load-vae.js";
import { preparePicturePath } from "./picture-path.js";
import { writePng } from "./pictures/png.js";
import { generatedTraversal, type Sweep } from "./scenes.js";

export interface TraverseOptions extends Partial<Sweep> {
  /** Default `images/traversal.png` in the run. */
  readonly out?: string;
  /** Hears of a damaged checkpoint that was passed over. */
  readonly tell?: Tell;
}

/** Writes what each latent does to the generator's image, rows by falling KL, and returns the picture's path. */
export async function traverse(directory: string, { range = 3, columns = 7, out, tell }: TraverseOptions = {}): Promise<string> {
  if (out !== undefined) await preparePicturePath(out);
  const models = await openModels(directory, tell);
  try {
    const path = out ?? join(models.images, "traversal.png");
    await writePng(path, await generatedTraversal(models.studio, { range, columns }));
    return path;
  } finally {
    await models.close();
  }
}
