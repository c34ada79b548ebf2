import { batchShape, type ImageSpace } from "../../contract/image-space.js";
import { IdganError } from "../../contract/error.js";

/** Pixels of 8 bits, row by row, the channels of a pixel together: grey or RGB. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly pixels: Uint8Array;
}

/**
 * The images of a batch, `[batch, height, width, channels]` in `space`, values beyond its range clamped.
 * Of two channels the first is shown, of more than three the first three.
 */
export function imagesOf(batch: Float32Array, space: ImageSpace): Image[] {
  const { width, height } = space;
  const [low, high] = space.range;
  const size = batchShape(space, 1).reduce((product, length) => product * length);
  if (batch.length % size !== 0) throw new IdganError("INTERNAL", `A batch of ${batch.length} values is no number of images of ${size} values.`);
  const channels = space.channels < 3 ? 1 : 3;
  return Array.from({ length: batch.length / size }, (_, index) => {
    const pixels = new Uint8Array(width * height * channels);
    for (let pixel = 0; pixel < width * height; pixel += 1) {
      for (let channel = 0; channel < channels; channel += 1) {
        const value = batch[index * size + pixel * space.channels + channel] ?? 0;
        pixels[pixel * channels + channel] = Math.round(255 * Math.min(1, Math.max(0, (value - low) / (high - low))));
      }
    }
    return { width, height, channels, pixels };
  });
}

/** An image of one shade of grey, 0 to 255. */
export function blank(width: number, height: number, channels: 1 | 3, shade: number): Image {
  return { width, height, channels, pixels: new Uint8Array(width * height * channels).fill(shade) };
}

/** Lays `image` on `canvas` with its upper left corner at (x, y); grey becomes RGB, and what lies outside is cut off. */
export function paste(canvas: Image, image: Image, x: number, y: number): void {
  for (let row = Math.max(0, -y); row < Math.min(image.height, canvas.height - y); row += 1) {
    for (let column = Math.max(0, -x); column < Math.min(image.width, canvas.width - x); column += 1) {
      const from = (row * image.width + column) * image.channels;
      const to = ((y + row) * canvas.width + x + column) * canvas.channels;
      for (let channel = 0; channel < canvas.channels; channel += 1) {
        canvas.pixels[to + channel] = image.pixels[from + Math.min(channel, image.channels - 1)] ?? 0;
      }
    }
  }
}

/** Fills a rectangle with a shade, or with red, green and blue on a canvas of three channels; what lies outside is cut off. */
export function fillRectangle(canvas: Image, left: number, top: number, width: number, height: number, colour: readonly number[]): void {
  const end = Math.min(canvas.width, left + width);
  for (let y = Math.max(0, top); y < Math.min(canvas.height, top + height); y += 1) {
    for (let x = Math.max(0, left); x < end; x += 1) {
      for (let channel = 0; channel < canvas.channels; channel += 1) canvas.pixels[(y * canvas.width + x) * canvas.channels + channel] = colour[channel % colour.length] ?? 0;
    }
  }
}

/** The image turned by a quarter, so that a line of text in it reads upwards. */
export function turned({ width, height, channels, pixels }: Image): Image {
  const result = blank(height, width, channels, 0);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      for (let channel = 0; channel < channels; channel += 1) result.pixels[((width - 1 - x) * height + y) * channels + channel] = pixels[(y * width + x) * channels + channel] ?? 0;
    }
  }
  return result;
}

/** 3 when one of the images is in colour, else 1. */
export function channelsOf(images: readonly Image[]): 1 | 3 {
  return images.some(({ channels }) => channels === 3) ? 3 : 1;
}
