import { stat } from "node:fs/promises";
import { join } from "node:path";
import { countOf, IdganError, type KnownDataset } from "@idgan/core";
import { openIdxImages } from "./idx-file.js";

const file = "train-images-idx3-ubyte.gz";
const count = 60_000;
const side = 28;

/** Xiao, Rasul, Vollgraf 2017, https://arxiv.org/abs/1708.07747: needs no preparation, only a check. */
export const fashionMnist: KnownDataset = {
  name: "fashion-mnist",
  title: "Fashion-MNIST, training images",
  images: count,
  licence: "MIT",
  source: "https://github.com/zalandoresearch/fashion-mnist (Debian: apt-get install dataset-fashion-mnist)",
  wants: `${file}, or the folder that it is in`,
  preparation: "Checks that every image is there; the file is used as it is.",
  usedAsIs: true,
  hash: "sha256:b0564c3eedabfbf835052cff8503ea422014ce006caf5b757f851416ee8300c7 (of Debian's file)",
  async prepare({ from, progress }) {
    const path = (await stat(from).catch(() => undefined))?.isDirectory() ? join(from, file) : from;
    const source = await openIdxImages(path, { layout: "auto", range: null });
    try {
      let images = 0;
      for await (const item of source.items()) {
        if (!("picture" in item) || item.picture.kind !== "levels" || countOf([item.picture.width, item.picture.height]) !== side ** 2) {
          throw new IdganError("DATA_INVALID", `${path} is not Fashion-MNIST: its images are not of ${side}x${side} pixels. Check that it is the right file.`);
        }
        images += 1;
        progress(images, source.count);
      }
      return { images, notes: [], settings: { "data.use": "@idgan/plugin-data-arrays", "data.options.path": path } };
    } finally {
      await source.close();
    }
  },
};
