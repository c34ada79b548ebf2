import { readPictureFile, type PictureFrame } from "@idgan/core/data";
import sharp from "sharp";
import { boxWithin, centreOf, type Box } from "./box.js";

/** How every picture is brought into its frame. */
export interface Preparation extends PictureFrame {
  /** Side of the square that is cut out of the centre before anything is scaled. */
  readonly crop: number | null;
  /** A picture, or a box of one, whose shorter side has fewer pixels is left out. */
  readonly leastSide: number;
}

/**
 * The picture in `file`, or the `box` of it: first frame, upright, over white, `[size, size, channels]`.
 * Anything that is no such picture is an `Error` that says why.
 */
export async function readPicture(file: Uint8Array, preparation: Preparation, box?: Box): Promise<Uint8Array> {
  return await readPictureFile(sharp, file, preparation, (picture) => regionOf(picture, preparation, box));
}

/** The part of a picture that is used. */
function regionOf({ width, height }: Pick<Box, "width" | "height">, { crop, leastSide }: Preparation, box: Box | undefined): Box {
  const whole = { left: 0, top: 0, width, height };
  const chosen = box === undefined ? whole : boxWithin(whole, box);
  if (Math.min(chosen.width, chosen.height) < leastSide) throw new Error(`has ${chosen.width}x${chosen.height} pixels, fewer than \`leastSide\`, ${leastSide}, on one side`);
  return crop === null ? chosen : centreOf(chosen, crop);
}
