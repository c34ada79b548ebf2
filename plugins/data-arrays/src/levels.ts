import { countOf, decodeNumbers, IdganError, type NumberArray } from "@idgan/core";

/** What the numbers of an array mean: `low` is black, `high` is white. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** Tried in this order; the first that holds every number is taken. */
const usual: readonly Range[] = [
  { low: 0, high: 1 },
  { low: -1, high: 1 },
  { low: 0, high: 255 },
  { low: 0, high: 65_535 },
];
/** Numbers with a fraction are levels only where they reach this. */
const leastLevels = 2;

/** The range that all finite numbers of `array` lie in. Throws `DATA_INVALID` where it is none of the usual ones. */
export async function rangeOf(array: NumberArray, label: string): Promise<Range> {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const { type } = array.header;
  for await (const piece of array.runs(type.bytes)) {
    for (const value of type.name === "u1" ? piece : decodeNumbers(piece, type)) {
      if (value < least && value > Number.NEGATIVE_INFINITY) least = value;
      if (value > most && value < Number.POSITIVE_INFINITY) most = value;
    }
    // No wider range of bytes is left to be found.
    if (type.name === "u1" && most > 1) return { low: 0, high: 255 };
  }
  if (countOf(array.header.shape) > 0 && least > most) throw new IdganError("DATA_INVALID", `${label} holds no finite number. Check that it is the right array.`);
  const found = usual.find(({ low, high }) => low <= least && most <= high);
  // Fractions of which a few are above 1, as resampling leaves them, are no levels 0 … 255: all would be black.
  const isBlack = type.name.startsWith("f") && found !== undefined && found.high > 1 && most < leastLevels;
  if (found === undefined || isBlack) {
    throw new IdganError("DATA_INVALID", `${label} holds numbers from ${least} to ${most}, and nothing says which is black and which is white. Set the data's option \`range\`, such as [${least}, ${most}].`);
  }
  return found;
}

/** Numbers as levels 0 … 255, rounded; `undefined` where one is not finite or outside of the range. */
export function levelsOf(numbers: Uint8Array | Float64Array, { low, high }: Range): Uint8Array | undefined {
  const levels = new Uint8Array(numbers.length);
  const scale = 255 / (high - low);
  for (let i = 0; i < numbers.length; i += 1) {
    const level = ((numbers[i] as number) - low) * scale;
    if (!(level >= 0 && level <= 255)) return undefined;
    levels[i] = level + 0.5;
  }
  return levels;
}
