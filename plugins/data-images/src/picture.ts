import { frame, framePicture, greyOf, type Fit } from "@idgan/core";
import sharp from "sharp";

/** How every picture of a folder is brought into its frame. */
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
const white = 255;

/** The picture in `file`, first frame, upright, over white, `[size, size, channels]`. Anything that is no such picture is an `Error` that says why. */
export async function readPicture(file: Buffer, preparation: Preparation): Promise<Uint8Array> {
  const { format, autoOrient } = await sharp(file, { limitInputPixels: false }).metadata();
  if (!formats.has(format)) {
    throw new Error(`holds ${format}, not PNG, JPEG or WebP`);
  }
  if (autoOrient.width * autoOrient.height > mostPixels) {
    throw new Error(`has ${autoOrient.width}x${autoOrient.height} pixels, more than ${mostPixels / 1e6} million`);
  }
  const framed = await bring(file, autoOrient, preparation);
  return preparation.channels === 1 ? greyOf(framed) : framed;
}

/** `[size, size, 3]`. */
async function bring(file: Buffer, original: { readonly width: number; readonly height: number }, { size, fit }: Preparation): Promise<Uint8Array> {
  const framing = frame(original.width, original.height, size, fit);
  const decoded = sharp(file, { failOn: "error", limitInputPixels: mostPixels, sequentialRead: true }).autoOrient().flatten({ background: "#ffffff" }).toColourspace("srgb");
  const reduced = { width: reducedSide(original.width, framing.width), height: reducedSide(original.height, framing.height) };
  const same = reduced.width === original.width && reduced.height === original.height;
  const data = await (same ? decoded : decoded.resize(reduced.width, reduced.height, { fit: "fill", fastShrinkOnLoad: false })).raw().toBuffer();
  return framePicture({ ...reduced, data }, { size, fit, margin: white }, original);
}

/** The side that libvips leaves of `side` on its way to `target`. */
function reducedSide(side: number, target: number): number {
  return Math.min(side, Math.ceil(detour * target));
}
