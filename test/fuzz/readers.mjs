// Every reader of files that come from outside: a line each. `open` may fail with an `IdganError`, and with nothing else.
import { mkdir, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import arraysPlugin from "@idgan/plugin-data-arrays";
import imagesPlugin from "@idgan/plugin-data-images";
import { archives, arrays, pictures } from "./samples.mjs";

const defaults = (plugin) => Object.fromEntries(Object.entries(plugin.options).map(([name, option]) => [name, option.default]));

/** Opens a data set, reads its first and last image, and closes it. */
async function look(plugin, options) {
  const dataset = await plugin.open({ ...defaults(plugin), ...options }, { size: 16, folder: "/", seed: 1 });
  try {
    await dataset.batch([0, dataset.size - 1]);
  } finally {
    await dataset.close?.();
  }
}

const images = (path) => look(imagesPlugin, { folder: path, workers: 0, prepare: false, crop: null });
const inFolder = async (path) => {
  const moved = join(dirname(path), "folder", path.slice(dirname(path).length + 1));
  await mkdir(dirname(moved), { recursive: true });
  await rename(path, moved);
  await images(dirname(moved));
};
const array = (path) => look(arraysPlugin, { path, cache: join(dirname(path), "cache") });

export const readers = [
  ...Object.entries(pictures).map(([extension, samples]) => ({ name: extension, extension, samples, open: inFolder })),
  ...Object.entries(archives).map(([extension, samples]) => ({ name: extension, extension, samples, open: images })),
  ...Object.entries(arrays).map(([extension, samples]) => ({ name: extension, extension, samples, open: array })),
];
