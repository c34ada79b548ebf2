import { frame, framePicture, greyOf, type Fit } from "@idgan/core";
import sharp from "sharp";
import type { Picture } from "./image-source.js";

/** How every picture is brought into its frame. */
export interface Preparation {
  readonly size: number;
  /** Grey or colour. */
  readonly channels: 1 | 3;
  readonly fit: Fit;
}

const formats: ReadonlySet<string> = new Set(["png", "jpeg", "webp"]);
/** More is taken for a decompression bomb. */
const mostPixels = 100_000_000;
/** A picture this many times as wide as in the frame is reduced by libvips until it is not, which leaves no trace once Lanczos has done the rest. */
const detour = 3;
/** Around arrays, which are mostly light on dark, and around photographs. */
const margins = { levels: 0, encoded: 255 } as const;

/** The picture in its frame, `[size, size, channels]`. Anything that is no picture is an `Error` that says why. */
export async function preparePicture(picture: Picture, preparation: Preparation): Promise<Uint8Array> {
  const { size, channels, fit } = preparation;
  if (picture.kind === "levels") {
    const fits = picture.width === size && picture.height === size;
    if (fits && picture.channels === channels) return picture.data;
    const colour = picture.channels === 3 ? picture.data : repeated(picture.data);
    const framed = fits ? colour : framePicture({ width: picture.width, height: picture.height, data: colour }, { size, fit, margin: margins.levels });
    return channels === 1 ? greyOf(framed) : framed;
  }
  const framed = await decode(picture.bytes, size, fit);
  return channels === 1 ? greyOf(framed) : framed;
}

/** Width and height of a picture, upright. Anything that is no picture is an `Error` that says why. */
export async function sizeOf(bytes: Uint8Array): Promise<{ readonly width: number; readonly height: number; readonly channels: number }> {
  const { format, autoOrient, channels } = await sharp(bytes, { limitInputPixels: false }).metadata();
  if (!formats.has(format)) throw new Error(`it holds ${format}, not PNG, JPEG or WebP`);
  const { width, height } = autoOrient;
  if (width * height > mostPixels) throw new Error(`it has ${width}x${height} pixels, more than ${mostPixels / 1e6} million`);
  return { width, height, channels };
}

/** First frame, upright, over white, in sRGB. */
async function decode(bytes: Uint8Array, size: number, fit: Fit): Promise<Uint8Array> {
  const original = await sizeOf(bytes);
  const framing = frame(original.width, original.height, size, fit);
  const width = Math.min(original.width, Math.ceil(detour * framing.width));
  const height = Math.min(original.height, Math.ceil(detour * framing.height));
  const decoded = sharp(bytes, { failOn: "error", limitInputPixels: mostPixels, sequentialRead: true }).autoOrient().flatten({ background: "#ffffff" }).toColourspace("srgb");
  const same = width === original.width && height === original.height;
  const data = await (same ? decoded : decoded.resize(width, height, { fit: "fill", fastShrinkOnLoad: false })).raw().toBuffer();
  return framePicture({ width, height, data }, { size, fit, margin: margins.encoded }, original);
}

/** Grey as colour. */
function repeated(levels: Uint8Array): Uint8Array {
  const colour = new Uint8Array(levels.length * 3);
  for (let i = 0; i < levels.length; i += 1) colour.fill(levels[i] as number, 3 * i, 3 * i + 3);
  return colour;
}
