import type { Image } from "./image.js";

/** Smaller images are enlarged to about this many pixels, so that a person can look at them. */
const legible = 128;
/** Larger ones are reduced to at most this, so that a sheet of them can be opened. */
const largest = 512;

/** Every pixel becomes a square of `factor` by `factor`. */
export function upscale(image: Image, factor: number): Image {
  const { channels } = image;
  const [width, height] = [image.width * factor, image.height * factor];
  const pixels = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y += 1) {
    const row = Math.floor(y / factor) * image.width;
    for (let x = 0; x < width; x += 1) {
      const from = (row + Math.floor(x / factor)) * channels;
      for (let channel = 0; channel < channels; channel += 1) pixels[(y * width + x) * channels + channel] = image.pixels[from + channel] ?? 0;
    }
  }
  return { width, height, channels, pixels };
}

/** Every square of `factor` by `factor` becomes its mean; what is left over at the right and below is cut off. */
export function downscale(image: Image, factor: number): Image {
  const { channels } = image;
  const [width, height] = [Math.floor(image.width / factor), Math.floor(image.height / factor)];
  const sums = new Float64Array(width * height * channels);
  for (let y = 0; y < height * factor; y += 1) {
    for (let x = 0; x < width * factor; x += 1) {
      const to = (Math.floor(y / factor) * width + Math.floor(x / factor)) * channels;
      for (let channel = 0; channel < channels; channel += 1) sums[to + channel]! += image.pixels[(y * image.width + x) * channels + channel] ?? 0;
    }
  }
  return { width, height, channels, pixels: Uint8Array.from(sums, (sum) => Math.round(sum / factor ** 2)) };
}

/** Images of any sizes at one that is good to look at: each by a whole factor, none larger than the tile that the largest of them fills. */
export function displayed(images: readonly Image[]): Image[] {
  const side = Math.max(1, ...images.map(sideOf));
  const tile = side > largest ? Math.floor(side / Math.ceil(side / largest)) : side * Math.max(1, Math.floor(legible / side));
  return images.map((image) => {
    const own = sideOf(image);
    return own > tile ? downscale(image, Math.ceil(own / tile)) : upscale(image, Math.max(1, Math.floor(tile / own)));
  });
}

function sideOf({ width, height }: Image): number {
  return Math.max(width, height);
}
