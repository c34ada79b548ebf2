import { IdganError } from "@idgan/core";

/** Where the channels stand among the sides of an array of images. */
export const layouts = ["auto", "NHWC", "NCHW"] as const;
export type Layout = (typeof layouts)[number];

/** How the numbers of one image lie. */
export interface ImageShape {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** Plane after plane, instead of pixel after pixel. */
  readonly planar: boolean;
}

/** More is no image; also keeps one image far from filling memory. */
const largestSide = 2 ** 14;

/** `[n, height, width]`, `[n, height, width, channels]` or `[n, channels, height, width]`, with 1 or 3 channels; `undefined` for any other shape. */
export function imageShape(shape: readonly number[], layout: Layout): ImageShape | undefined {
  const [count = 0, a = 0, b = 0, c = 0] = shape;
  const found =
    shape.length === 3 ? { count, height: a, width: b, channels: 1, planar: false }
    : shape.length !== 4 ? undefined
    : layout !== "NCHW" && isChannels(c) ? { count, height: a, width: b, channels: c, planar: false }
    : layout !== "NHWC" && isChannels(a) ? { count, height: b, width: c, channels: a, planar: true }
    : undefined;
  if (found === undefined || ![found.height, found.width].every((side) => side >= 1 && side <= largestSide) || count < 1) return undefined;
  return found as ImageShape;
}

/** Like `imageShape`, but throws `DATA_INVALID`. */
export function expectImageShape(shape: readonly number[], layout: Layout, label: string): ImageShape {
  const found = imageShape(shape, layout);
  if (found !== undefined) return found;
  throw new IdganError("DATA_INVALID", `${label} has the shape [${shape.join(", ")}], which is not that of images${layout === "auto" ? "" : ` in ${layout}`}: [n, height, width], or four sides with 1 or 3 channels last or second. Choose another with the data's options \`array\` and \`layout\`.`);
}

/** `[channels, pixels]` to `[pixels, channels]`. */
export function interleave(planes: Uint8Array, channels: number): Uint8Array {
  const pixels = planes.length / channels;
  const mixed = new Uint8Array(planes.length);
  for (let channel = 0; channel < channels; channel += 1) {
    for (let i = 0; i < pixels; i += 1) mixed[i * channels + channel] = planes[channel * pixels + i] as number;
  }
  return mixed;
}

function isChannels(side: number): boolean {
  return side === 1 || side === 3;
}
