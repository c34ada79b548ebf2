// The data sets of ID-GAN's paper that are folders of pictures, with the crops of the official data/preprocess.py.
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { IdganError, type KnownDataset } from "@idgan/core";
import { inspectPictures } from "../inspect.js";
import { readCarBoxes, type CarBox } from "./car-boxes.js";
import { centreSquare, cropFolder, type Cutter } from "./cropped-folder.js";

const celebaSide = 160;
const chairsSide = 450;
const hqSide = 1024;
/** The size that everything but CelebA's larger runs is trained at. */
const official = 64;
/** Cars whose box is smaller on either side are left out. */
const smallestCar = 64;

const celeba: KnownDataset = {
  name: "celeba",
  title: "CelebA, aligned",
  images: 202_599,
  licence: "non-commercial research purposes only, by the agreement on the page",
  source: "https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html",
  wants: "img_align_celeba.zip, unpacked or not: 178x218 pictures",
  preparation: `Cuts ${celebaSide}x${celebaSide} out of the middle and resizes it by LANCZOS to 64 pixels, or to --size 128 or 256.`,
  prepare: async (request) => await cropFolder(request, request.size ?? official, centreSquare(celebaSide)),
};

const celebaHq: KnownDataset = {
  name: "celeba-hq",
  title: "CelebA-HQ",
  images: 30_000,
  licence: "non-commercial research, as CelebA",
  source: "https://github.com/tkarras/progressive_growing_of_gans",
  wants: `the folder or zip of ${hqSide}x${hqSide} pictures`,
  preparation: "Checks every picture and its size; they are used as they are.",
  usedAsIs: true,
  async prepare({ from, progress }) {
    const found = await inspectPictures({ path: from, shown: 0, side: 8, progress });
    if (found === undefined) throw new IdganError("DATA_INVALID", `No PNG, JPEG or WebP in ${from}. Name the folder, .zip or .tar that was fetched with --from.`);
    const other = found.sizes.filter(({ width, height }) => width !== hqSide || height !== hqSide).map(({ width, height, count }) => `${count} pictures have ${width}x${height} pixels, not ${hqSide}x${hqSide}.`);
    return { images: found.images, notes: [...found.broken.map((each) => `${each}.`), ...other], settings: { "data.options.folder": from } };
  },
};

const chairs: KnownDataset = {
  name: "chairs",
  title: "3D Chairs, rendered",
  images: 86_366,
  licence: "not recorded here, see the page (Aubry et al., CVPR 2014)",
  source: "https://www.di.ens.fr/willow/research/seeing3Dchairs/",
  wants: "rendered_chairs.tar, unpacked or not: 1,393 chairs, 62 views each",
  preparation: `Cuts ${chairsSide}x${chairsSide} out of the middle and resizes it by LANCZOS to 64 pixels.`,
  prepare: async (request) => await cropFolder(request, request.size ?? official, centreSquare(chairsSide)),
};

const cars: KnownDataset = {
  name: "cars",
  title: "Stanford Cars, training and test",
  images: 16_185,
  licence: "not recorded here, see the page (Krause et al., 3dRR 2013)",
  source: "http://ai.stanford.edu/~jkrause/cars/car_dataset.html",
  wants: "the pictures and, in the same folder or below it, cars_annos.mat, or cars_train_annos.mat and cars_test_annos.mat of the devkit",
  preparation: `Cuts each car's box out, leaves out those with a side below ${smallestCar} pixels, and resizes the rest by LANCZOS to 64x64, whatever their shape.`,
  async prepare(request) {
    if (!(await stat(request.from).catch(() => undefined))?.isDirectory()) throw new IdganError("DATA_NOT_FOUND", `There is no folder ${request.from}. Name the folder of cars with --from.`);
    const boxes = await readCarBoxes(request.from);
    return await cropFolder(request, request.size ?? official, carCutter(boxes));
  },
};

/** Boxes by the picture's name, with as much of its folder as the annotations have. */
function carCutter(boxes: ReadonlyMap<string, CarBox>): Cutter {
  return (name, width, height) => {
    const parts = name.split("/");
    const box = parts.map((_, from) => boxes.get(join(...parts.slice(from)).replaceAll("\\", "/"))).find((each) => each !== undefined);
    if (box === undefined) return "the annotations have no box for it";
    const [left, top, right, bottom] = [Math.max(0, box.left), Math.max(0, box.top), Math.min(width, box.right), Math.min(height, box.bottom)];
    if (Math.min(right - left, bottom - top) < smallestCar) return `its box has ${right - left}x${bottom - top} pixels`;
    return { left, top, width: right - left, height: bottom - top };
  };
}

export const officialSets: readonly KnownDataset[] = [celeba, celebaHq, chairs, cars];
