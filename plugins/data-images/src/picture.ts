import { frame, framePicture, greyOf, type Fit, type Pixels } from "@idgan/core/data";
import sharp, { type Sharp } from "sharp";
import { boxWithin, centreOf, cutOut, type Box } from "./box.js";

/** How every picture is brought into its frame. */
export interface Preparation {
  readonly size: number;
  /** Grey or colour. */
  readonly channels: 1 | 3;
  readonly fit: Fit;
  /** Side of the square that is cut out of the centre before anything is scaled. */
  readonly crop: number | null;
  /** A picture, or a box of one, whose shorter side has fewer pixels is left out. */
  readonly leastSide: number;
}

/** How the files begin that are given to libvips; it would try many other formats. */
const beginnings: readonly (readonly [format: string, begins: (file: Uint8Array) => boolean])[] = [
  ["png", (file) => startsWith(file, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])],
  ["jpeg", (file) => startsWith(file, [0xff, 0xd8, 0xff])],
  ["webp", (file) => startsWith(file, [0x52, 0x49, 0x46, 0x46]) && startsWith(file.subarray(8), [0x57, 0x45, 0x42, 0x50])],
];
/** More is taken for a decompression bomb. */
const mostPixels = 100_000_000;
/** Up to so many pixels, in a file of so many bytes, a picture is decoded at its full size. */
const mostDirectPixels = 4_000_000;
const mostDirectBytes = 4_000_000;
/** A larger picture, this many times as wide as in the frame, is reduced by libvips until it is not, which leaves no trace once Lanczos has done the rest. */
const detour = 3;
const white = 255;

/**
 * The picture in `file`, or the `box` of it: first frame, upright, over white, `[size, size, channels]`.
 * Anything that is no such picture is an `Error` that says why.
 */
export async function readPicture(file: Uint8Array, preparation: Preparation, box?: Box): Promise<Uint8Array> {
  const expected = beginnings.find(([, begins]) => begins(file))?.[0];
  if (expected === undefined) throw new Error(file.length === 0 ? "is empty" : "holds no PNG, JPEG or WebP");
  const direct = file.length <= mostDirectBytes ? await decodeWhole(file) : undefined;
  const framed = direct === undefined ? await bringInSteps(file, expected, preparation, box) : inFrame(direct, preparation, box);
  return preparation.channels === 1 ? greyOf(framed) : framed;
}

/** A picture so small that all of it is decoded at once, which takes half of the time; `undefined` where it is not, or is broken. */
async function decodeWhole(file: Uint8Array): Promise<Pixels | undefined> {
  try {
    const { data, info } = await upright(file, mostDirectPixels).raw().toBuffer({ resolveWithObject: true });
    return { data, width: info.width, height: info.height };
  } catch {
    return undefined;
  }
}

/** `[size, size, 3]`. */
function inFrame(picture: Pixels, preparation: Preparation, box: Box | undefined): Uint8Array {
  const region = regionOf(picture, preparation, box);
  return framePicture(cutOut(picture, region), { size: preparation.size, fit: preparation.fit, margin: white });
}

/** `[size, size, 3]` of a picture that is decoded as it is reduced; or what is wrong with it, an `Error`. */
async function bringInSteps(file: Uint8Array, expected: string, preparation: Preparation, box: Box | undefined): Promise<Uint8Array> {
  const { format, autoOrient } = await sharp(file, { limitInputPixels: false }).metadata();
  if (format !== expected) throw new Error(`holds ${format}, not PNG, JPEG or WebP`);
  if (autoOrient.width * autoOrient.height > mostPixels) {
    throw new Error(`has ${autoOrient.width}x${autoOrient.height} pixels, more than ${mostPixels / 1e6} million`);
  }
  return await bring(file, autoOrient, regionOf(autoOrient, preparation, box), preparation);
}

/** The part of a picture that is used. */
function regionOf(picture: { readonly width: number; readonly height: number }, { crop, leastSide }: Preparation, box: Box | undefined): Box {
  const whole = { left: 0, top: 0, width: picture.width, height: picture.height };
  const chosen = box === undefined ? whole : boxWithin(whole, box);
  if (Math.min(chosen.width, chosen.height) < leastSide) throw new Error(`has ${chosen.width}x${chosen.height} pixels, fewer than \`leastSide\`, ${leastSide}, on one side`);
  return crop === null ? chosen : centreOf(chosen, crop);
}

/** `[size, size, 3]`. */
async function bring(file: Uint8Array, whole: { readonly width: number; readonly height: number }, region: Box, { size, fit }: Preparation): Promise<Uint8Array> {
  const framing = frame(region.width, region.height, size, fit);
  const decoded = upright(file, mostPixels);
  const isWhole = region.width === whole.width && region.height === whole.height;
  const cut = isWhole ? decoded : decoded.extract({ left: region.left, top: region.top, width: region.width, height: region.height });
  const reduced = { width: reducedSide(region.width, framing.width), height: reducedSide(region.height, framing.height) };
  const same = reduced.width === region.width && reduced.height === region.height;
  const data = await (same ? cut : cut.resize(reduced.width, reduced.height, { fit: "fill", fastShrinkOnLoad: false })).raw().toBuffer();
  return framePicture({ ...reduced, data }, { size, fit, margin: white }, region);
}

/** Decodes to three channels of 8 bits: upright, over white. */
function upright(file: Uint8Array, limitInputPixels: number): Sharp {
  return sharp(file, { failOn: "error", limitInputPixels, sequentialRead: true }).autoOrient().flatten({ background: "#ffffff" }).toColourspace("srgb");
}

/** The side that libvips leaves of `side` on its way to `target`. */
function reducedSide(side: number, target: number): number {
  return Math.min(side, Math.ceil(detour * target));
}

function startsWith(file: Uint8Array, bytes: readonly number[]): boolean {
  return bytes.every((byte, i) => file[i] === byte);
}
