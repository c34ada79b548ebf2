import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { KnownDataset } from "@idgan/core";
import { imageCount } from "./factors.js";
import { readRealFrames } from "./real-frames.js";

const file = "dsprites_ndarray_co1sh3sc6or40x32y32_64x64.npz";

/** The published file, unpacked ahead of the first run. */
export const dsprites: KnownDataset = {
  name: "dsprites",
  title: "dSprites",
  images: imageCount,
  licence: "Apache-2.0",
  source: "https://github.com/google-deepmind/dsprites-dataset",
  wants: `${file} (26 MB), or the folder that it is in`,
  preparation: "Checks layout, factors and pixels, and unpacks the images into the folder for caches (378 MB), from where every run reads them.",
  usedAsIs: true,
  async prepare({ from }) {
    const path = (await stat(from).catch(() => undefined))?.isDirectory() ? join(from, file) : from;
    const frames = await readRealFrames({ path, cache: null });
    await frames.close?.();
    return { images: imageCount, notes: [], settings: { "data.use": "@idgan/plugin-sprites", "data.options.path": path } };
  },
};
