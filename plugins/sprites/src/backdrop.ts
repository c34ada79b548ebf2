// What Scream-dSprites cuts its backgrounds from: a picture reduced as Pillow's thumbnail((350, 274)) does, or a texture where none is given.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createStream, IdganError, messageOf } from "@idgan/core";
import sharp from "sharp";
import { referenceSize } from "./rendered-frames.js";

export interface Backdrop {
  readonly width: number;
  readonly height: number;
  /** `[height, width, 3]`. */
  readonly pixels: Uint8Array;
  /** Whether it is the user's picture. */
  readonly given: boolean;
  /** SHA-256 of the pixels. */
  readonly hash: string;
}

/** The box that both published rules reduce the painting into, for sprites of 64 pixels. */
const box = { width: 350, height: 274 } as const;
/** What Pillow leaves of a painting of 512x652 in that box. */
const textureSize = { width: 215, height: 274 } as const;
const mostPixels = 100_000_000;

/** The picture in `file`, inside 350x274 pixels; sprites of another size get as much more or less of it. Throws `DATA_NOT_FOUND` or `DATA_INVALID`. */
export async function readBackdrop(file: string, size: number): Promise<Backdrop> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new IdganError("DATA_NOT_FOUND", `The picture for scream sprites cannot be read: ${messageOf(error)}. Set \`scream\` to a picture, or to null for a texture.`, error);
  });
  try {
    const picture = sharp(bytes, { failOn: "error", limitInputPixels: mostPixels });
    const { autoOrient } = await picture.metadata();
    const { width, height } = thumbnail(autoOrient.width, autoOrient.height, size);
    if (width < size || height < size) throw new Error(`reduced to ${width}x${height}, it is smaller than a sprite of ${size} pixels`);
    const { data } = await picture
      .autoOrient()
      .flatten({ background: "#ffffff" })
      .toColourspace("srgb")
      .resize(width, height, { fit: "fill", kernel: "cubic", fastShrinkOnLoad: false })
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { width, height, pixels: data, given: true, hash: hashOf(data) };
  } catch (error) {
    throw new IdganError("DATA_INVALID", `${file} cannot be the background of scream sprites: ${messageOf(error)}. Set \`scream\` to another picture, or to null for a texture.`, error);
  }
}

/** Bands of colour in waves, a stand-in of the size that the painting is reduced to. It is no painting, and the dataset's notes say so. */
export function drawTexture(size: number): Backdrop {
  const [width, height] = [textureSize.width, textureSize.height].map((side) => Math.max(size, Math.round((side * size) / referenceSize))) as [number, number];
  const phases = createStream(0, "sprites/texture").uniform(0, 9);
  const phase = (i: number): number => 2 * Math.PI * (phases[i] as number);
  const pixels = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i += 1) {
    const x = ((i % width) + 0.5) / width;
    const y = (Math.floor(i / width) + 0.5) / height;
    const bend = 0.6 * Math.sin(5 * x + 3 * y + phase(0)) + 0.4 * Math.sin(11 * x - 7 * y + phase(1)) + 0.2 * Math.sin(23 * y + 4 * Math.sin(6 * x) + phase(2));
    for (let channel = 0; channel < 3; channel += 1) {
      const band = Math.sin((14 + 3 * channel) * y + 4 * bend + phase(3 + channel)) + 0.5 * Math.sin(31 * x + 6 * bend + phase(6 + channel));
      pixels[3 * i + channel] = Math.round(127.5 + 75 * band);
    }
  }
  return { width, height, pixels, given: false, hash: hashOf(pixels) };
}

/** Pillow's thumbnail: into the box, aspect kept as nearly as whole pixels allow, never enlarged; then as much larger as sprites are larger than 64 pixels. */
function thumbnail(width: number, height: number, size: number): { readonly width: number; readonly height: number } {
  const aspect = width / height;
  const reduced = fit(width, height, aspect);
  return { width: Math.round((reduced.width * size) / referenceSize), height: Math.round((reduced.height * size) / referenceSize) };
}

function fit(width: number, height: number, aspect: number): { readonly width: number; readonly height: number } {
  if (width <= box.width && height <= box.height) return { width, height };
  if (box.width / box.height >= aspect) return { width: nearest(box.height * aspect, (side) => Math.abs(aspect - side / box.height)), height: box.height };
  return { width: box.width, height: nearest(box.width / aspect, (side) => (side === 0 ? 0 : Math.abs(aspect - box.width / side))) };
}

/** Of the whole numbers around `side`, that with the smaller `error`; at least 1. */
function nearest(side: number, error: (side: number) => number): number {
  return Math.max(1, error(Math.floor(side)) <= error(Math.ceil(side)) ? Math.floor(side) : Math.ceil(side));
}

function hashOf(pixels: Uint8Array): string {
  return createHash("sha256").update(pixels).digest("hex");
}
