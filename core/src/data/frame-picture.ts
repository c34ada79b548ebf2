import { frame, type Fit, type Framing } from "./framing.js";
import { resample, type Pixels, type Span } from "./lanczos.js";

const colours = 3;

/** How a picture is brought into its frame. */
export interface Frame {
  readonly size: number;
  readonly fit: Fit;
  /** Level, 0 … 255, of what the picture does not cover. */
  readonly margin: number;
}

/**
 * `picture` in a frame, `[size, size, 3]`. Where it was reduced before, `original` says how large it was, so that geometry follows from that.
 */
export function framePicture(picture: Pixels, { size, fit, margin }: Frame, original: { readonly width: number; readonly height: number } = picture): Uint8Array {
  const framing = frame(original.width, original.height, size, fit);
  const across = spanOf(picture.width, framing.width, framing.left, size);
  const down = spanOf(picture.height, framing.height, framing.top, size);
  return inFrame(resample(picture, across, down), framing, size, margin);
}

/** Luma of ITU-R 601-2, as Pillow's mode L: `[…, 3]` to `[…, 1]`. */
export function greyOf(pixels: Uint8Array): Uint8Array {
  const grey = new Uint8Array(pixels.length / colours);
  for (let i = 0; i < grey.length; i += 1) {
    grey[i] = Math.round(0.299 * (pixels[3 * i] as number) + 0.587 * (pixels[3 * i + 1] as number) + 0.114 * (pixels[3 * i + 2] as number));
  }
  return grey;
}

/** The part of a side that the frame shows. */
function spanOf(source: number, target: number, offset: number, size: number): Span {
  const from = Math.max(0, -offset);
  return { source, target, from, to: Math.min(target, from + size) };
}

function inFrame(picture: Pixels, framing: Framing, size: number, margin: number): Uint8Array {
  if (picture.width === size && picture.height === size) {
    return picture.data;
  }
  const framed = new Uint8Array(size * size * colours).fill(margin);
  const row = picture.width * colours;
  for (let y = 0; y < picture.height; y += 1) {
    framed.set(picture.data.subarray(y * row, (y + 1) * row), ((framing.top + y) * size + framing.left) * colours);
  }
  return framed;
}
