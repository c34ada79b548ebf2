import type { Region } from "@idgan/core/data";

/** A part of a picture, in pixels. */
export type Box = Region;

/** What of `box` lies inside of `picture`. */
export function boxWithin(picture: Box, box: Box): Box {
  const [left, top] = [Math.max(0, box.left), Math.max(0, box.top)];
  const [right, bottom] = [Math.min(picture.width, box.left + box.width), Math.min(picture.height, box.top + box.height)];
  if (right <= left || bottom <= top) throw new Error(`has ${picture.width}x${picture.height} pixels, and its box lies outside of them`);
  return { left, top, width: right - left, height: bottom - top };
}

/** The square of `side` pixels in the middle of `box`, where torchvision's CenterCrop cuts it. */
export function centreOf(box: Box, side: number): Box {
  if (box.width < side || box.height < side) throw new Error(`has ${box.width}x${box.height} pixels, too few for \`crop\`, ${side}`);
  return { left: box.left + halfOf(box.width - side), top: box.top + halfOf(box.height - side), width: side, height: side };
}

/** Halves go to the even neighbour, as Python rounds. */
function halfOf(excess: number): number {
  const half = Math.floor(excess / 2);
  return excess % 2 === 0 ? half : half + (half % 2);
}
