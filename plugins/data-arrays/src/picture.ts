import { framePicture, greyOf, measurePictureFile, readPictureFile, type PictureFrame } from "@idgan/core";
import sharp from "sharp";
import type { Picture } from "./image-source.js";

/** Around arrays, which are mostly light on dark; pictures lie on white. */
const black = 0;

/** The picture in its frame, `[size, size, channels]`. Anything that is no picture is an `Error` that says why. */
export async function preparePicture(picture: Picture, target: PictureFrame): Promise<Uint8Array> {
  const { size, channels, fit } = target;
  if (picture.kind === "encoded") return await readPictureFile(sharp, picture.bytes, target);
  const fits = picture.width === size && picture.height === size;
  if (fits && picture.channels === channels) return picture.data;
  const colour = picture.channels === 3 ? picture.data : repeated(picture.data);
  const framed = fits ? colour : framePicture({ width: picture.width, height: picture.height, data: colour }, { size, fit, margin: black });
  return channels === 1 ? greyOf(framed) : framed;
}

/** Width and height of a picture, upright, and its channels. Anything that is no picture is an `Error` that says why. */
export async function sizeOf(bytes: Uint8Array): Promise<{ readonly width: number; readonly height: number; readonly channels: number }> {
  return await measurePictureFile(sharp, bytes);
}

/** Grey as colour. */
function repeated(levels: Uint8Array): Uint8Array {
  const colour = new Uint8Array(levels.length * 3);
  for (let i = 0; i < levels.length; i += 1) colour.fill(levels[i] as number, 3 * i, 3 * i + 3);
  return colour;
}
