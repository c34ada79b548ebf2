import { join } from "node:path";
import { IdganError, messageOf } from "../../contract/error.js";
import type { Subject } from "../../contract/subject.js";
import { makeFolder } from "../../data/make-folder.js";
import { rankLatents, type Latent } from "../latents.js";
import { heatMap } from "../pictures/heat-map.js";
import { latentsPicture } from "../pictures/latents-picture.js";
import { writePng } from "../pictures/png.js";
import { rankingIndices } from "../viewer.js";
import type { MetricEntry } from "./metrics-file.js";

/** Draws a heat map of each matrix of a score, and returns their paths: `mig@locatello2019.png`, `mig@locatello2019-of-generator.png`, with the title behind it where a score has several. */
export async function drawMatrices(folder: string, { metric, of, value, matrices = [], dataset }: MetricEntry): Promise<readonly string[]> {
  const paths: string[] = [];
  if (matrices.length > 0) await makePlace(folder);
  for (const matrix of matrices) {
    const whole = of === undefined ? metric : `${metric}-of-${of}`;
    const plain = matrices.length === 1 ? whole : `${whole}-${fileNameOf(matrix.title)}`;
    const path = firstFree((suffix) => join(folder, `${plain}${suffix}.png`), paths);
    await writePng(path, heatMap(matrix, [`${metric}  ${value.toFixed(4)}`, of === undefined ? dataset.name : `${dataset.name}, images of the ${of}`]));
    paths.push(path);
  }
  return paths;
}

/** The latents by falling KL, and their picture. */
export async function drawLatents(folder: string, subject: Subject): Promise<{ readonly latents: readonly Latent[]; readonly path: string }> {
  const { dataset, latentDim } = subject;
  const indices = rankingIndices(dataset);
  const latents = rankLatents(await subject.encode(indices), latentDim);
  const path = join(folder, "latents.png");
  await makePlace(folder);
  await writePng(path, latentsPicture(latents, `mean over ${indices.length} images of ${dataset.name}`));
  return { latents, path };
}

/** Two titles may make one name. */
function firstFree(named: (suffix: string) => string, taken: readonly string[]): string {
  let path = named("");
  for (let count = 2; taken.includes(path); count += 1) path = named(`-${count}`);
  return path;
}

async function makePlace(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
  } catch (thrown) {
    throw new IdganError("RUN_WRITE", `The folder ${folder} could not be made: ${messageOf(thrown)}. Free disk space or correct the rights of the run's folder.`, thrown);
  }
}

/** A part of a file's name, short enough for every file system: a title may hold the path of another run. */
function fileNameOf(title: string): string {
  return title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").slice(0, 100).replaceAll(/^-|-$/g, "") || "matrix";
}
