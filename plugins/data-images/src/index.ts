import { definePlugin, nonNegative, oneOf, path } from "@idgan/core";
import { inspectFolder } from "./inspect.js";
import { officialSets } from "./known/official-sets.js";
import { openImageFolder, type ImageFolderOptions } from "./image-folder.js";

export * from "./image-folder.js";

export default definePlugin<ImageFolderOptions>({
  kind: "data",
  name: "@idgan/plugin-data-images",
  core: "^0.1.0",
  options: {
    folder: { doc: "Folder of PNG, JPEG or WebP pictures, those in folders inside it included.", format: path, default: undefined },
    channels: { doc: "3 for colour, 1 for grey (luma of ITU-R 601-2).", format: oneOf(1, 3), default: 3 },
    fit: {
      doc: "Short side to the size and the centre cut out (cover), the whole picture between white margins (contain), or both sides to the size (fill).",
      format: oneOf("cover", "contain", "fill"),
      default: "cover",
    },
    broken: { doc: "What to do with a file that cannot be read as a picture: skip it with a note, or refuse to start.", format: oneOf("skip", "refuse"), default: "skip" },
    cacheMegabytes: { doc: "Memory for decoded pictures; those beyond it are decoded whenever they are drawn.", format: nonNegative, default: 1024 },
  },
  known: officialSets,
  open: openImageFolder,
  inspect: inspectFolder,
});
