import type { ImageSpace } from "../contract/image-space.js";

/** Area averages of square images `[n, from, from, channels]`, `from / to` a whole number, as `[n, to, to, channels]`. */
export function shrink(pixels: Float32Array, from: number, to: number, channels: number): Float32Array {
  const box = from / to;
  if (box === 1) return pixels;
  const row = to * channels;
  const shrunk = new Float32Array(pixels.length / (box * box));
  const sums = new Float64Array(row);
  for (let at = 0, source = 0; at < shrunk.length; at += row) {
    sums.fill(0);
    for (let y = 0; y < box; y += 1) {
      for (let x = 0; x < from; x += 1) {
        const target = Math.floor(x / box) * channels;
        for (let channel = 0; channel < channels; channel += 1, source += 1) sums[target + channel]! += pixels[source]!;
      }
    }
    for (let i = 0; i < row; i += 1) shrunk[at + i] = sums[i]! / (box * box);
  }
  return shrunk;
}

/** In place: images mixed with themselves at half the size, of which `share` is left sharp (Karras et al. 2018, section 2). */
export function fade(pixels: Float32Array, size: number, channels: number, share: number): Float32Array {
  if (share === 1) return pixels;
  const half = size / 2;
  const coarse = shrink(pixels, size, half, channels);
  for (let i = 0; i < pixels.length; i += 1) {
    const channel = i % channels;
    const pixel = (i - channel) / channels;
    const x = pixel % size;
    const rows = (pixel - x) / size; // of all images; each has an even number
    const blurred = coarse[((rows >> 1) * half + (x >> 1)) * channels + channel]!;
    pixels[i] = blurred + (pixels[i]! - blurred) * share;
  }
  return pixels;
}

/** The least size, `image`'s own or that halved, that loses nothing for whoever looks at `resolution` x `resolution` pixels. */
export function leastSize(image: Pick<ImageSpace, "height">, resolution: number): number {
  let size = image.height;
  while (size % 2 === 0 && size / 2 >= resolution) size /= 2;
  return size;
}
