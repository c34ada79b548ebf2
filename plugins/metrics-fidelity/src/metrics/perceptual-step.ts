import * as tf from "@tensorflow/tfjs";
import { averageTo, bilinearTo, integerFrom, type Engine, type ImageSpace, type Option } from "@idgan/core";
import { expectColour, ImageStep } from "../extractors/image-step.js";
import { networks } from "../extractors/network-extractor.js";
import { findFile, lpipsFiles, missingFile, openFile } from "../files/published-file.js";
import { createLpips, type LpipsBackbone } from "../networks/lpips.js";

/** Smaller images are enlarged and larger ones averaged, for the networks' pooling, and as StyleGAN's PPL does. */
const [leastSide, mostSide] = [64, 256];

/** Pairs in one call. */
const batch = 16;

export const pairsOption = (doc: string, count: number): Option<number> => ({ doc, format: integerFrom(2), default: count });

/** LPIPS between images, pair by pair. */
export interface PerceptualStep {
  /** How images come to the size that is compared: `as they are`, `area 256`. */
  resizeOf(image: ImageSpace): string;
  /** Two sets of as many images in [0, 1] to a distance for each pair. */
  distances(a: Float32Array, b: Float32Array, image: ImageSpace): Promise<Float32Array>;
}

/** What is missing for LPIPS on a backbone, in a sentence. */
export function lpipsLack(backbone: LpipsBackbone, weights: string | null): string | undefined {
  const missing = [networks[backbone].files, [lpipsFiles[backbone]]].find((files) => findFile(files, weights) === undefined);
  return missing === undefined ? undefined : missingFile(missing, weights);
}

/** Opens LPIPS on the run's engine, lends it to `work`, and disposes it. */
export async function withLpips<T>(backbone: LpipsBackbone, engine: Engine, weights: string | null, work: (step: PerceptualStep) => Promise<T>): Promise<T> {
  const lpips = createLpips(backbone, await openFile(networks[backbone].files, weights), await openFile([lpipsFiles[backbone]], weights));
  const step = new ImageStep(engine, `LPIPS ${backbone}`, batch, ([a, b]) => lpips.distance(prepared(a as tf.Tensor4D), prepared(b as tf.Tensor4D)));
  try {
    return await work({
      resizeOf: ({ height }) => (sideOf(height) === height ? "as they are" : `${height < leastSide ? "bilinear" : "area"} ${sideOf(height)}`),
      distances(a, b, image) {
        expectColour(image, `LPIPS on ${backbone}`);
        return step.run([a, b], image);
      },
    });
  } finally {
    await step.dispose();
    lpips.dispose();
  }
}

/** Pixels from -1 to 1 at the size that is compared. */
function prepared(x: tf.Tensor4D): tf.Tensor4D {
  const [, height, width] = x.shape;
  const [rows, columns] = [sideOf(height), sideOf(width)];
  const sized = rows < height ? averageTo(x, rows, columns) : rows > height ? bilinearTo(x, rows, columns) : x;
  return tf.sub(tf.mul<tf.Tensor4D>(sized, 2), 1);
}

function sideOf(side: number): number {
  return Math.min(mostSide, Math.max(leastSide, side));
}
