import type { Dataset } from "../../contract/dataset.js";
import { IdganError } from "../../contract/error.js";
import { batchShape, type ImageSpace } from "../../contract/image-space.js";
import { countOf } from "../../data/npy-header.js";
import { attributed } from "../../trace/attributed.js";
import { shown } from "./part.js";

/** Pixels of the first batch whose values are looked at: enough to meet one that is no black, and done in a tenth of a millisecond. */
const looked = 2 ** 15;

/** How far outside of [0, 1] rounding may take a pixel. */
const slack = 1e-3;

/**
 * The dataset with its batches checked: whatever `batch` throws names the plugin, and what it returns is so many numbers, in [0, 1] as far as a glance
 * at the first batch tells. Training waits for each batch, so that no later one is looked through, and none is copied.
 */
export function checkedDataset(dataset: Dataset, use: string): Dataset {
  const { name, size, image, fingerprint, factors } = dataset;
  const origin = `batch of ${use} (data)`;
  let seen = false;
  return {
    name,
    size,
    image,
    fingerprint,
    ...(factors === undefined ? {} : { factors }),
    // Some datasets know what to note only once images were read.
    get notes() {
      return dataset.notes ?? [];
    },
    async batch(indices, draw, into) {
      const given: unknown = await attributed(origin, "DATA_INVALID", () => dataset.batch(indices, draw, into));
      const pixels = expectPixels(given, indices.length, image, use);
      if (!seen && pixels.length > 0) {
        seen = true;
        expectUnitPixels(pixels, use);
      }
      return pixels;
    },
    ...(dataset.factorValues === undefined ? {} : { factorValues: (indices) => (dataset as Required<Dataset>).factorValues(indices) }),
    ...(dataset.indicesOf === undefined ? {} : { indicesOf: (values) => (dataset as Required<Dataset>).indicesOf(values) }),
    ...(dataset.close === undefined ? {} : { close: () => (dataset as Required<Dataset>).close() }),
  };
}

/** What `batch` returned for so many images, where it is an array of their numbers. Throws `DATA_INVALID`. */
export function expectPixels(given: unknown, images: number, image: ImageSpace, use: string): Float32Array {
  const shape = batchShape(image, images);
  const length = countOf(shape);
  if (given instanceof Float32Array && given.length === length) return given;
  const got = given instanceof Float32Array ? `${given.length} numbers` : shown(given);
  throw new IdganError("DATA_INVALID", `${use} (data): its batch returned ${got} for ${images} images. It must return a Float32Array of ${length}, [${shape.join(", ")}].`);
}

/** Throws `DATA_INVALID` where pixels, of which some are looked at, lie outside of [0, 1]. */
export function expectUnitPixels(pixels: Float32Array, use: string): void {
  // Odd, or it might walk down one column of each image, such as a black border.
  const stride = Math.ceil(pixels.length / looked) | 1;
  for (let i = 0; i < pixels.length; i += stride) {
    const value = pixels[i]!;
    if (value >= -slack && value <= 1 + slack) continue;
    const advice = value >= 2 ? "Divide bytes by 255." : "Scale them, or clip them, in batch.";
    throw new IdganError("DATA_INVALID", `${use} (data): its batch returned a pixel of ${value}, and pixels lie in [0, 1]. ${advice}`);
  }
}
