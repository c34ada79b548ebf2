import type { Factor } from "@idgan/core";

/** Factors in dSprites' order, slowest first (https://github.com/google-deepmind/dsprites-dataset). */
export const factors: readonly Factor[] = [
  { name: "color", size: 1 },
  { name: "shape", size: 3 },
  { name: "scale", size: 6 },
  { name: "orientation", size: 40 },
  { name: "posX", size: 32 },
  { name: "posY", size: 32 },
];

/** What one step of each factor adds to an index: `[737280, 245760, 40960, 1024, 32, 1]`. */
export const bases: readonly number[] = factors.map((_, position) => sizeOf(factors.slice(position + 1)));

/** 737,280. */
export const imageCount = sizeOf(factors);

/** Writes the six factor values of image `index` at `offset` of `target`. */
export function writeFactorValues(index: number, target: Int32Array | number[], offset: number): void {
  if (!(Number.isInteger(index) && index >= 0 && index < imageCount)) {
    throw new RangeError(`image ${index}: sprites are numbered from 0 to ${imageCount - 1}`);
  }
  let rest = index;
  for (const [position, base] of bases.entries()) {
    const value = Math.floor(rest / base);
    target[offset + position] = value;
    rest -= value * base;
  }
}

/** The image whose six factor values stand at `offset` of `values`. */
export function indexOfFactorValues(values: ArrayLike<number>, offset: number): number {
  let index = 0;
  for (const [position, factor] of factors.entries()) {
    const value = values[offset + position] ?? Number.NaN;
    if (!(Number.isInteger(value) && value >= 0 && value < factor.size)) {
      throw new RangeError(`${factor.name} ${value}: its values are 0 to ${factor.size - 1}`);
    }
    index += value * (bases[position] as number);
  }
  return index;
}

function sizeOf(some: readonly Factor[]): number {
  return some.reduce((product, factor) => product * factor.size, 1);
}
