import { createStream, type BatchDraw, type ImageSpace } from "@idgan/core";

export interface AugmentationOptions {
  readonly flip: boolean;
  readonly dequantise: boolean;
  readonly augment: "synthesise" | "both";
}

/** The official U[0,1)/128 is added to pixels in [-1, 1]; ours are in [0, 1], half as far apart, until the stage moves them to the generator's range. */
const noiseHeight = 1 / 256;

/** Changes the pixels of a batch in place, as the update that they are drawn for has it. */
export type Augment = (pixels: Float32Array, draw: BatchDraw) => void;

/**
 * Mirrors each image with probability 1/2 and adds dequantisation noise, both from streams of the run's seed, of the stage and of the purpose:
 * update n sees the same images in every run of one seed, resumed or not, with any number of workers.
 */
export function createAugmentation({ flip, dequantise, augment }: AugmentationOptions, { width, height, channels }: ImageSpace, seed: number): Augment {
  const length = width * height * channels;
  const uniform = (what: string, { stage, purpose, step, first }: BatchDraw, perImage: number, count: number): Float32Array =>
    createStream(seed, `data/${stage}/${purpose}/${what}`).uniform(step, (first + count) * perImage).subarray(first * perImage);
  return (pixels, draw) => {
    if (augment === "synthesise" && draw.stage !== "synthesise") return;
    const count = pixels.length / length;
    if (flip) {
      for (const [i, value] of uniform("flip", draw, 1, count).entries()) {
        if (value < 0.5) mirror(pixels.subarray(i * length, (i + 1) * length), width, channels);
      }
    }
    if (dequantise) {
      const noise = uniform("noise", draw, length, count);
      for (let i = 0; i < pixels.length; i += 1) pixels[i] = (pixels[i] as number) + noiseHeight * (noise[i] as number);
    }
  };
}

/** Turns every row of an image round. */
function mirror(image: Float32Array, width: number, channels: number): void {
  const stride = width * channels;
  for (let row = 0; row < image.length; row += stride) {
    for (let left = row, right = row + stride - channels; left < right; left += channels, right -= channels) {
      for (let channel = 0; channel < channels; channel += 1) {
        const kept = image[left + channel] as number;
        image[left + channel] = image[right + channel] as number;
        image[right + channel] = kept;
      }
    }
  }
}
