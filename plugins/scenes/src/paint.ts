import { parts, type LightMaps } from "./light-maps.js";

/** Linear red, green and blue of a hue. */
export type Colour = readonly [red: number, green: number, blue: number];

const saturation = 0.78;
const hues = 10;
/** Values of sRGB for linear light from 0 to `brightest`. */
const steps = 8192;
const brightest = 1.5;
const encoded = Float32Array.from({ length: steps + 1 }, (_, i) => Math.min(1, encode((i / steps) * brightest)));

/** The colour of hue `value` of ten around the circle, from red. */
export function colourOf(value: number): Colour {
  const channel = (shift: number): number => {
    const place = (shift + (6 * value) / hues) % 6;
    return decode(1 - saturation * Math.max(0, Math.min(place, 4 - place, 1)));
  };
  return [channel(5), channel(3), channel(1)];
}

/** Colours a view, `[height * width, 3]` in sRGB, at `offset` of `target`. */
export function paint(maps: LightMaps, floor: Colour, wall: Colour, solid: Colour, target: Float32Array, offset: number): void {
  const scale = steps / brightest;
  const [floorRed, floorGreen, floorBlue] = floor;
  const [wallRed, wallGreen, wallBlue] = wall;
  const [solidRed, solidGreen, solidBlue] = solid;
  // Written out: this runs for every pixel of every image.
  for (let at = 0, to = offset; at < maps.length; at += parts, to += 3) {
    const onFloor = (maps[at] as number) * scale;
    const onWall = (maps[at + 1] as number) * scale;
    const onSolid = (maps[at + 2] as number) * scale;
    const rounded = (maps[at + 3] as number) * scale + 0.5;
    target[to] = encoded[Math.min(steps, (onFloor * floorRed + onWall * wallRed + onSolid * solidRed + rounded) | 0)] as number;
    target[to + 1] = encoded[Math.min(steps, (onFloor * floorGreen + onWall * wallGreen + onSolid * solidGreen + rounded) | 0)] as number;
    target[to + 2] = encoded[Math.min(steps, (onFloor * floorBlue + onWall * wallBlue + onSolid * solidBlue + rounded) | 0)] as number;
  }
}

/** sRGB's curve, IEC 61966-2-1. */
function encode(linear: number): number {
  return linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
}

function decode(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}
