// The official preparation of ID-GAN's pictures (github.com/1Konny/idgan, data/preprocess.py): a crop of each original, resized by LANCZOS, saved once.
import { rename, stat, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { framePicture, IdganError, makeFolder, messageOf, type Preparation, type PreparationRequest } from "@idgan/core";
import sharp from "sharp";
import { inParallel } from "../in-parallel.js";
import { openList } from "../open-list.js";
import type { PicturePlace } from "../picture-place.js";
import { readPlace } from "../place-reader.js";

/** What is kept of a picture, in its own pixels. */
export interface Crop {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Where to cut a picture of this size; a text says why it is left out. */
export type Cutter = (name: string, width: number, height: number) => Crop | string;

const mostPixels = 100_000_000;

/** Writes every picture of `from`, cut and resized to a square, as PNG under its own name below `out`. What was written before is left as it is. */
export async function cropFolder({ from, out, progress }: PreparationRequest, size: number, cut: Cutter): Promise<Preparation> {
  const { places } = await openList(from);
  if (places.length === 0) throw new IdganError("DATA_INVALID", `No PNG, JPEG or WebP in ${from}. Name the folder, .zip or .tar that was fetched with --from.`);
  let done = 0;
  const notes = await inParallel(places.length, 2 * availableParallelism(), async (place) => {
    const picture = places[place] as PicturePlace;
    const fault = await prepareOne(picture, join(out, `${picture.name.replace(/\.[^.]+$/, "")}.png`), size, cut);
    done += 1;
    progress(done, places.length);
    return fault;
  });
  const left = notes.filter((note) => note !== undefined);
  return { images: places.length - left.length, notes: left, settings: { "data.options.folder": out } };
}

/** A square of `side` pixels from the middle, where torchvision's CenterCrop cuts it. */
export function centreSquare(side: number): Cutter {
  return (_, width, height) => {
    if (width < side || height < side) return `it has ${width}x${height} pixels, and the crop takes ${side}x${side}`;
    return { left: halfToEven((width - side) / 2), top: halfToEven((height - side) / 2), width: side, height: side };
  };
}

/** Why the picture was left out, if it was. */
async function prepareOne(place: PicturePlace, target: string, size: number, cut: Cutter): Promise<string | undefined> {
  if ((await stat(target).catch(() => undefined))?.isFile()) return undefined;
  const { name } = place;
  try {
    if (place.fault !== undefined) throw new Error(place.fault);
    const bytes = await readPlace(place);
    const picture = sharp(bytes, { failOn: "error", limitInputPixels: mostPixels });
    const { autoOrient } = await picture.metadata();
    const crop = cut(name, autoOrient.width, autoOrient.height);
    if (typeof crop === "string") return `${name} is left out: ${crop}.`;
    const data = await picture.autoOrient().flatten({ background: "#ffffff" }).toColourspace("srgb").extract(crop).raw().toBuffer();
    const pixels = framePicture({ data, width: crop.width, height: crop.height }, { size, fit: "fill", margin: 255 });
    const png = await sharp(pixels, { raw: { width: size, height: size, channels: 3 } }).png({ compressionLevel: 6 }).toBuffer();
    await makeFolder(dirname(target));
    // Under another name until it is whole, so that a run that was stopped goes on where it was.
    await writeFile(`${target}.part`, png);
    await rename(`${target}.part`, target);
    return undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOSPC" || (error as NodeJS.ErrnoException).code === "EACCES") {
      throw new IdganError("DATA_INVALID", `${target} cannot be written: ${messageOf(error)}. Free disk space, or choose another folder with --out.`, error);
    }
    return `${name} is left out: ${messageOf(error).replaceAll(/\s+/g, " ").trim().slice(0, 160)}.`;
  }
}

function halfToEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 ? floor + (floor % 2) : Math.round(value);
}
