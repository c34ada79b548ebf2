import { decodeNumbers, IdganError, type NumberArray } from "@idgan/core";
import { expectImageShape, interleave, type Layout } from "./array-layout.js";
import type { ImageSource, Item } from "./image-source.js";
import { levelsOf, rangeOf, type Range } from "./levels.js";

export interface NumberOptions {
  readonly layout: Layout;
  /** Black and white, or `null` for what the numbers suggest. */
  readonly range: readonly number[] | null;
}

/** The images of one array of numbers; `label` is what messages call it. */
export async function numberImages(array: NumberArray, label: string, options: NumberOptions): Promise<Pick<ImageSource, "count" | "channels" | "range" | "fingerprint" | "items">> {
  const { type, shape, rowMajor } = array.header;
  const { count, height, width, channels, planar } = expectImageShape(shape, options.layout, label);
  if (!rowMajor) throw new IdganError("DATA_INVALID", `${label} lies in Fortran's order, in which no image is in one place. Save it again with numpy.ascontiguousarray.`);
  const range = givenRange(options.range) ?? (await rangeOf(array, label));
  const bytes = height * width * channels * type.bytes;
  return {
    count,
    channels,
    range,
    fingerprint: JSON.stringify([array.name, type, shape, planar, range]),
    async *items(): AsyncGenerator<Item> {
      let index = 0;
      for await (const piece of array.runs(bytes)) {
        for (let at = 0; at < piece.length; at += bytes) {
          const one = piece.subarray(at, at + bytes);
          const levels = levelsOf(type.name === "u1" ? one : decodeNumbers(one, type), range);
          const name = `image ${index}`;
          index += 1;
          if (levels === undefined) yield { name, fault: `it holds NaN, or numbers outside of ${range.low} … ${range.high}` };
          else yield { name, picture: { kind: "levels", width, height, channels, data: planar && channels > 1 ? interleave(levels, channels) : levels } };
        }
      }
    },
  };
}

function givenRange(range: readonly number[] | null): Range | undefined {
  if (range === null) return undefined;
  const [low = Number.NaN, high = Number.NaN] = range;
  if (range.length !== 2 || !(low < high)) throw new IdganError("CONFIG_VALUE", `The data's option \`range\` is [${range.join(", ")}]. Set it to two numbers, black and white, the smaller first.`);
  return { low, high };
}
