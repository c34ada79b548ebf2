import { boolean, definePlugin, integerFrom, nullable, oneOf, path, positiveInteger } from "@idgan/core";
import { inspectPictures } from "./inspect.js";
import { officialSets } from "./known/official-sets.js";
import { openPictures, type PictureOptions } from "./pictures.js";

export type { AugmentationOptions } from "./augmentation.js";
export * from "./pictures.js";

export default definePlugin<PictureOptions>({
  kind: "data",
  name: "@idgan/plugin-data-images",
  core: "^0.1.0",
  options: {
    folder: { doc: "Folder of PNG, JPEG or WebP pictures, those in folders inside it included; or a .zip, a .tar, or WebDataset shards such as shard-{000..009}.tar.", format: path, default: undefined },
    channels: { doc: "3 for colour, 1 for grey (luma of ITU-R 601-2).", format: oneOf(1, 3), default: 3 },
    boxes: { doc: "Text file with a box for each picture, cut out before anything else, a line each: name, left, top, right, bottom.", format: nullable(path), default: null },
    crop: { doc: "Side in pixels of the square that is cut out of the centre before the picture is scaled.", format: nullable(positiveInteger), default: null },
    leastSide: { doc: "Pictures, or boxes of them, with fewer pixels on their shorter side are left out.", format: integerFrom(0), default: 0 },
    fit: {
      doc: "Short side to the size and the centre cut out (cover), the whole picture between white margins (contain), or both sides to the size (fill).",
      format: oneOf("cover", "contain", "fill"),
      default: "cover",
    },
    flip: { doc: "Whether training sees each picture mirrored with probability 1/2.", format: boolean, default: false },
    dequantise: { doc: "Whether training sees noise on the pixels, U[0, 1)/128 in the generator's range [-1, 1], so that levels are no steps.", format: boolean, default: false },
    augment: { doc: "Which stages see flips and noise: the second only, as in the official code, or both.", format: oneOf("synthesise", "both"), default: "synthesise" },
    classes: { doc: "Whether the outermost folders are classes, a factor for metrics; each then needs the same number of pictures.", format: boolean, default: false },
    broken: { doc: "What to do with a file that cannot be read as a picture: skip it with a note, or refuse to start.", format: oneOf("skip", "refuse"), default: "skip" },
    prepare: { doc: "Whether pictures are kept decoded in a prepared file that later epochs and runs read, or are decoded whenever they are drawn.", format: boolean, default: true },
    cache: { doc: "Folder for the prepared file, or null for IDGAN_CACHE or the system's folder for caches.", format: nullable(path), default: null },
    workers: { doc: "Threads that decode, or null for one a core; pixels are the same for any number.", format: nullable(integerFrom(0)), default: null },
  },
  known: officialSets,
  open: openPictures,
  inspect: inspectPictures,
});
