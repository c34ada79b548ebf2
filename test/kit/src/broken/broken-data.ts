import type { DataContext, DataPlugin, Dataset } from "@idgan/core";
import { openReferenceData, referenceData, type ReferenceDataOptions } from "../reference/reference-data.js";
import type { Broken } from "./broken.js";

/** The reference dataset with one fault each. */
export const brokenData: readonly Broken<DataPlugin>[] = [
  opened("ignores the size that the run asks for", "the size that the run asked for", ({ image }) => ({ image: { ...image, range: [0, 255] } })),
  opened("has no fingerprint", "opens a dataset", (good) => Object.fromEntries(Object.entries(good).filter(([key]) => key !== "fingerprint")), true),
  opened("gives plain arrays", "pixels in [0, 1]", ({ batch }) => ({ batch: async (indices) => Array.from(await batch(indices)) as never })),
  opened("gives bytes for pixels", "pixels in [0, 1]", ({ batch }) => ({ batch: async (indices) => (await batch(indices)).map((value) => 255 * value) })),
  opened("augments at random", "the same pixels for the same index", ({ batch }) => {
    let drawn = 0;
    return {
      async batch(indices, draw, into) {
        if (into === undefined) drawn += 1;
        return (await batch(indices, draw, into)).map((value) => value * (drawn === 3 ? 0.5 : 1));
      },
    };
  }),
  opened("draws over what an array held", "fills an array that is done with", ({ batch }) => ({
    async batch(indices, draw, into) {
      const pixels = await batch(indices, draw);
      return into?.length === pixels.length ? into.map((before, i) => Math.max(before, pixels[i] ?? 0)) : pixels;
    },
  })),
  opened("returns an array that is longer than the batch", "fills an array that is done with", ({ batch }) => ({
    async batch(indices, draw, into) {
      const pixels = await batch(indices, draw);
      if (into === undefined || into.length < pixels.length) return pixels;
      into.set(pixels);
      return into;
    },
  })),
  opened("fills the array that it filled before", "fills an array that is done with", ({ batch }) => {
    let kept: Float32Array | undefined;
    return {
      async batch(indices, draw, into) {
        const pixels = await batch(indices, draw);
        if (into === undefined) return (kept = pixels);
        kept?.fill(0.5);
        return pixels;
      },
    };
  }),
  opened("hands out its own memory", "the same pixels for the same index", ({ batch }) => {
    const cache = new Map<string, Float32Array>();
    return {
      async batch(indices) {
        const key = Array.from(indices).join();
        const pixels = cache.get(key) ?? (await batch(indices));
        cache.set(key, pixels);
        return pixels;
      },
    };
  }),
  opened("sorts the indices", "in the order of the indices", ({ batch }) => ({ batch: (indices) => batch(Array.from(indices).sort((a, b) => a - b)) })),
  opened("wraps indices around", "refuses indices", ({ batch, size }) => ({
    batch: (indices) => batch(Array.from(indices, (index) => Math.abs(Math.trunc(index) || 0) % size)),
  })),
  opened("finds images by rows for columns", "lead to each other", ({ indicesOf }) => ({
    indicesOf: (values) => indicesOf?.(values.map((_, i) => values[i % 3 === 0 ? i : i % 3 === 1 ? i + 1 : i - 1] ?? 0)) ?? new Uint32Array(),
  })),
  opened("has values of factors without factors", "lead to each other", (good) => Object.fromEntries(Object.entries(good).filter(([key]) => key !== "factors")), true),
  opened("has a fingerprint of the moment", "a fingerprint that stays", () => ({ fingerprint: `${process.hrtime.bigint()}` })),
  opened("has one fingerprint for all sizes", "a fingerprint that stays", () => ({ fingerprint: "squares" })),
];

/** `whole`: the change is the dataset, and not to be laid over the good one. */
function opened(fault: string, fails: string, change: (good: Dataset) => Partial<Dataset>, whole = false): Broken<DataPlugin> {
  const open = async (options: ReferenceDataOptions, context: DataContext): Promise<Dataset> => {
    const good = openReferenceData(options, context);
    return (whole ? change(good) : { ...good, ...change(good) }) as Dataset;
  };
  const plugin: DataPlugin<ReferenceDataOptions> = { ...referenceData, open };
  return { fault, fails, plugin };
}
