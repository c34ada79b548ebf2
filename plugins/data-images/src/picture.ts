import sharp from "sharp";
import { frame, type Fit, type Framing } from "./framing.js";
import { resample, type Pixels, type Span } from "./lanczos.js";

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
const colours = 3;
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
  const framing = frame(autoOrient.width, autoOrient.height, preparation.size, preparation.fit);
  const framed = await bring(file, autoOrient, framing, preparation.size);
  return preparation.channels === 1 ? greyOf(framed) : framed;
}

/** `[size, size, 3]`. */
async function bring(file: Buffer, original: { readonly width: number; readonly height: number }, framing: Framing, size: number): Promise<Uint8Array> {
  const decoded = sharp(file, { failOn: "error", limitInputPixels: mostPixels, sequentialRead: true }).autoOrient().flatten({ background: "#ffffff" }).toColourspace("srgb");
  const reduced = { width: reducedSide(original.width, framing.width), height: reducedSide(original.height, framing.height) };
  const same = reduced.width === original.width && reduced.height === original.height;
  const data = await (same ? decoded : decoded.resize(reduced.width, reduced.height, { fit: "fill", fastShrinkOnLoad: false })).raw().toBuffer();
  const across = spanOf(reduced.width, framing.width, framing.left, size);
  const down = spanOf(reduced.height, framing.height, framing.top, size);
  return inFrame(resample({ ...reduced, data }, across, down), framing, size);
}

/** The side that libvips leaves of `side` on its way to `target`. */
function reducedSide(side: number, target: number): number {
  return Math.min(side, Math.ceil(detour * target));
}

/** The part of a side that the frame shows. */
function spanOf(source: number, target: number, offset: number, size: number): Span {
  const from = Math.max(0, -offset);
  return { source, target, from, to: Math.min(target, from + size) };
}

/** The picture in its frame, what it does not cover white. */
function inFrame(picture: Pixels, framing: Framing, size: number): Uint8Array {
  if (picture.width === size && picture.height === size) {
    return picture.data;
  }
  const framed = new Uint8Array(size * size * colours).fill(white);
  const row = picture.width * colours;
  for (let y = 0; y < picture.height; y += 1) {
    framed.set(picture.data.subarray(y * row, (y + 1) * row), ((framing.top + y) * size + framing.left) * colours);
  }
  return framed;
}

/** Luma of ITU-R 601-2, as Pillow's mode L. */
function greyOf(pixels: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: pixels.length / colours }, (_, i) => {
    const [red, green, blue] = [pixels[3 * i], pixels[3 * i + 1], pixels[3 * i + 2]] as [number, number, number];
    return Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
  });
}
