import type { Pixels } from "./lanczos.js";

/** A part of a picture, in pixels. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The pixels of `region`, `[height, width, 3]`. */
export function cutOut(picture: Pixels, region: Region): Pixels {
  if (region.width === picture.width && region.height === picture.height) return picture;
  const data = new Uint8Array(region.width * region.height * 3);
  for (let row = 0; row < region.height; row += 1) {
    const from = ((region.top + row) * picture.width + region.left) * 3;
    data.set(picture.data.subarray(from, from + region.width * 3), row * region.width * 3);
  }
  return { data, width: region.width, height: region.height };
}
