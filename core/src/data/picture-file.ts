import { framePicture, greyOf } from "./frame-picture.js";
import { frame, type Fit } from "./framing.js";
import { decodePlainJpeg } from "./jpeg/decode-plain.js";
import type { Pixels } from "./lanczos.js";
import { cutOut, type Region } from "./region.js";

/** How every picture is brought into its frame. */
export interface PictureFrame {
  readonly size: number;
  /** Grey or colour. */
  readonly channels: 1 | 3;
  readonly fit: Fit;
}

interface Sides {
  readonly width: number;
  readonly height: number;
}

interface Decoding {
  autoOrient(): Decoding;
  flatten(options: { readonly background: string }): Decoding;
  toColourspace(name: string): Decoding;
  extract(region: Region): Decoding;
  resize(width: number, height: number, options: { readonly fit: "fill"; readonly fastShrinkOnLoad: boolean }): Decoding;
  raw(): Decoding;
  toBuffer(options: { readonly resolveWithObject: true }): Promise<{ readonly data: Uint8Array; readonly info: Sides }>;
  metadata(): Promise<{ readonly format: string; readonly channels: number; readonly autoOrient: Sides }>;
}

/** What decodes: sharp, which the plugins that read pictures bring, so that core needs no native code. */
export type PictureLibrary = (file: Uint8Array, options: { readonly failOn?: "error"; readonly limitInputPixels: number | boolean; readonly sequentialRead?: boolean }) => Decoding;

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

/** The part of a picture that is used; throws an `Error` that says why none is. */
export type RegionOf = (picture: Sides) => Region;

/**
 * The picture in `file`, or the region of it: PNG, JPEG or WebP, first frame, upright, over white, `[size, size, channels]`.
 * Anything that is no such picture is an `Error` that says why.
 */
export async function readPictureFile(library: PictureLibrary, file: Uint8Array, target: PictureFrame, regionOf: RegionOf = wholeOf): Promise<Uint8Array> {
  const expected = expectedFormat(file);
  const isShort = file.length <= mostDirectBytes;
  const plain = isShort && expected === "jpeg" ? decodePlainJpeg(file, mostDirectPixels) : undefined;
  // Nothing may be awaited before the pixels are in their frame: they lie where the next picture is decoded.
  if (plain !== undefined) return inChannels(copyOf(plain, inWhole(plain, target, regionOf)), target);
  const direct = isShort ? await decodeWhole(library, file) : undefined;
  return inChannels(direct === undefined ? await bringInSteps(library, file, expected, target, regionOf) : inWhole(direct, target, regionOf), target);
}

function inWhole(picture: Pixels, target: PictureFrame, regionOf: RegionOf): Uint8Array {
  return framePicture(cutOut(picture, regionOf(picture)), { ...target, margin: white });
}

function copyOf({ data }: Pixels, framed: Uint8Array): Uint8Array {
  return framed.buffer === data.buffer ? framed.slice() : framed;
}

function inChannels(framed: Uint8Array, { channels }: PictureFrame): Uint8Array {
  return channels === 1 ? greyOf(framed) : framed;
}

/** Sides, upright, and channels of the picture in `file`. Anything that is none is an `Error` that says why. */
export async function measurePictureFile(library: PictureLibrary, file: Uint8Array): Promise<Sides & { readonly channels: number }> {
  return await measured(library, file, expectedFormat(file));
}

/** A picture so small that all of it is decoded at once, which takes half of the time; `undefined` where it is not, or is broken. */
async function decodeWhole(library: PictureLibrary, file: Uint8Array): Promise<Pixels | undefined> {
  try {
    return await pixelsOf(upright(library, file, mostDirectPixels));
  } catch {
    return undefined;
  }
}

/** `[size, size, 3]` of a picture that is decoded as it is reduced; or what is wrong with it, an `Error`. */
async function bringInSteps(library: PictureLibrary, file: Uint8Array, expected: string, { size, fit }: PictureFrame, regionOf: RegionOf): Promise<Uint8Array> {
  const whole = await measured(library, file, expected);
  const region = regionOf(whole);
  const framing = frame(region.width, region.height, size, fit);
  const decoded = upright(library, file, mostPixels);
  const cut = region.width === whole.width && region.height === whole.height ? decoded : decoded.extract({ left: region.left, top: region.top, width: region.width, height: region.height });
  const [width, height] = [reducedSide(region.width, framing.width), reducedSide(region.height, framing.height)];
  const same = width === region.width && height === region.height;
  const reduced = await pixelsOf(same ? cut : cut.resize(width, height, { fit: "fill", fastShrinkOnLoad: false }));
  return framePicture(reduced, { size, fit, margin: white }, region);
}

async function measured(library: PictureLibrary, file: Uint8Array, expected: string): Promise<Sides & { readonly channels: number }> {
  const { format, autoOrient: { width, height }, channels } = await library(file, { limitInputPixels: false }).metadata();
  if (format !== expected) throw new Error(`holds ${format}, not PNG, JPEG or WebP`);
  if (width * height > mostPixels) throw new Error(`has ${width}x${height} pixels, more than ${mostPixels / 1e6} million`);
  return { width, height, channels };
}

/** Decodes to three channels of 8 bits: upright, over white. */
function upright(library: PictureLibrary, file: Uint8Array, limitInputPixels: number): Decoding {
  return library(file, { failOn: "error", limitInputPixels, sequentialRead: true }).autoOrient().flatten({ background: "#ffffff" }).toColourspace("srgb");
}

async function pixelsOf(decoding: Decoding): Promise<Pixels> {
  const { data, info } = await decoding.raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

function wholeOf({ width, height }: Sides): Region {
  return { left: 0, top: 0, width, height };
}

/** The side that libvips leaves of `side` on its way to `target`. */
function reducedSide(side: number, target: number): number {
  return Math.min(side, Math.ceil(detour * target));
}

function expectedFormat(file: Uint8Array): string {
  const expected = beginnings.find(([, begins]) => begins(file))?.[0];
  if (expected === undefined) throw new Error(file.length === 0 ? "is empty" : "holds no PNG, JPEG or WebP");
  return expected;
}

function startsWith(file: Uint8Array, bytes: readonly number[]): boolean {
  return bytes.every((byte, i) => file[i] === byte);
}
