import { definePlugin, listOf, nullable, number, oneOf, path, text } from "@idgan/core";
import { openArrayImages, type ArrayImagesOptions } from "./array-images.js";
import { layouts } from "./array-layout.js";
import { fashionMnist } from "./fashion-mnist.js";
import { inspectArrays } from "./inspect.js";

export type { Layout } from "./array-layout.js";
export * from "./array-images.js";

export default definePlugin<ArrayImagesOptions>({
  kind: "data",
  name: "@idgan/plugin-data-arrays",
  core: "^0.1.0",
  options: {
    path: { doc: "An npy, npz, idx, Parquet or TFRecord file, or a folder of them.", format: path, default: undefined },
    array: { doc: "Array of an npz archive, or null for the one that has the shape of images.", format: nullable(text), default: null },
    column: { doc: "Column of a Parquet file, or null for the one that has pictures.", format: nullable(text), default: null },
    layout: { doc: "Where an array's channels stand; auto takes the last side where it is 1 or 3, else the second.", format: oneOf(...layouts), default: "auto" },
    range: { doc: "The numbers that are black and white, or null for the first of 0 and 1, -1 and 1, 0 and 255, 0 and 65535 between which all lie.", format: nullable(listOf(number)), default: null },
    factors: { doc: "Array of an npz archive with the factors' values, or null for latents_classes where there is one.", format: nullable(text), default: null },
    channels: { doc: "3 for colour, 1 for grey (luma of ITU-R 601-2), or null for an array's own, and colour for pictures.", format: nullable(oneOf(1, 3)), default: null },
    fit: {
      doc: "Short side to the size and the centre cut out (cover), the whole image between margins (contain), or both sides to the size (fill).",
      format: oneOf("cover", "contain", "fill"),
      default: "cover",
    },
    broken: { doc: "What to do with an image that cannot be read or is not a number: skip it with a note, or refuse to start.", format: oneOf("skip", "refuse"), default: "skip" },
    cache: { doc: "Folder for the prepared images, or null for IDGAN_CACHE or the system's folder for caches.", format: nullable(path), default: null },
  },
  known: [fashionMnist],
  open: openArrayImages,
  inspect: inspectArrays,
});
