import { definePlugin, positiveInteger, unitSpace, type DataContext, type DataPlugin, type Dataset, type Factor } from "@idgan/core";

export interface ReferenceDataOptions {
  readonly shades: number;
}

/** Bright squares on black: every position and shade, none of it stored. */
export function openReferenceData({ shades }: ReferenceDataOptions, { size }: DataContext): Dataset {
  const side = Math.max(1, size >> 2);
  const places = size - side + 1;
  const factors: readonly Factor[] = [
    { name: "shade", size: shades },
    { name: "row", size: places },
    { name: "column", size: places },
  ];
  const count = shades * places * places;
  const valuesOf = (index: number): [shade: number, row: number, column: number] => {
    if (!Number.isInteger(index) || index < 0 || index >= count) throw new RangeError(`image ${index}: there are images 0 to ${count - 1}`);
    return [Math.floor(index / (places * places)), Math.floor(index / places) % places, index % places];
  };
  return {
    name: "squares",
    size: count,
    image: unitSpace(size, 1),
    fingerprint: `squares size=${size} shades=${shades}`,
    factors,
    async batch(indices) {
      const pixels = new Float32Array(indices.length * size * size);
      for (const [i, index] of Array.from(indices).entries()) {
        const [shade, row, column] = valuesOf(index);
        for (let y = row; y < row + side; y += 1) {
          const start = (i * size + y) * size + column;
          pixels.fill((shade + 1) / shades, start, start + side);
        }
      }
      return pixels;
    },
    factorValues: (indices) => Int32Array.from(Array.from(indices).flatMap(valuesOf)),
    indicesOf(values) {
      return Uint32Array.from({ length: values.length / factors.length }, (_, i) => {
        const [shade = 0, row = 0, column = 0] = values.subarray(3 * i, 3 * i + 3);
        return (shade * places + row) * places + column;
      });
    },
  };
}

/** A data plugin that passes every check. */
export const referenceData: DataPlugin<ReferenceDataOptions> = definePlugin<ReferenceDataOptions>({
  kind: "data",
  name: "@idgan/reference-data",
  core: "^0.1.0",
  options: { shades: { doc: "Number of shades of the squares.", format: positiveInteger, default: 3 } },
  open: async (options, context) => openReferenceData(options, context),
});
