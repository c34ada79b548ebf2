// The official preparation of ID-GAN's pictures (github.com/1Konny/idgan, data/preprocess.py): a crop of each original, resized by LANCZOS, saved once.
import { randomUUID } from "node:crypto";
import { rename, rm, stat, writeFile } from "node:fs/promises";
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
  const { places } = await openList(from, "--from");
  if (places.length === 0) throw new IdganError("DATA_INVALID", `No PNG, JPEG or WebP in ${from}. Name the folder, .zip or .tar that was fetched with --from.`);
  let done = 0;
  const targets = places.map(({ name }) => join(out, `${name.replace(/\.[^.]+$/, "")}.png`));
  /** The first of those that would go to the same file, as a.jpg and a.png do. */
  const firsts = new Map([...targets.entries()].toReversed().map(([i, target]) => [target, i]));
  await makeFolder(out).catch((error: unknown) => {
    throw unwritten(out, error);
  });
  const notes = await inParallel(places.length, 2 * availableParallelism(), async (place) => {
    const picture = places[place] as PicturePlace;
    const target = targets[place] as string;
    const first = firsts.get(target) as number;
    const fault = first === place ? await prepareOne(picture, target, size, cut) : `${picture.name} is left out: ${(places[first] as PicturePlace).name} goes to the same file.`;
    done += 1;
    progress(done, places.length);
    return fault;
  });
  const left = notes.filter((note) => note !== undefined);
  if (left.length === places.length) throw new IdganError("DATA_INVALID", `None of the ${places.length} pictures of ${from} can be prepared. ${left[0]} Name what was fetched with --from.`);
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
  const { name } = place;
  if ((await stat(target).catch(() => undefined))?.isFile()) {
    const side = (await sharp(target).metadata().catch(() => undefined))?.width;
    if (side === size) return undefined;
    throw new IdganError("DATA_INVALID", `${target} is there already and ${side === undefined ? "is no picture" : `has ${side} pixels on a side`}, and ${size} are asked for. Name another folder with --out, or delete that one.`);
  }
  let png: Uint8Array;
  try {
    if (place.fault !== undefined) throw new Error(place.fault);
    const bytes = await readPlace(place);
    const picture = sharp(bytes, { failOn: "error", limitInputPixels: mostPixels });
    const { autoOrient } = await picture.metadata();
    const crop = cut(name, autoOrient.width, autoOrient.height);
    if (typeof crop === "string") return `${name} is left out: ${crop}.`;
    const data = await picture.autoOrient().flatten({ background: "#ffffff" }).toColourspace("srgb").extract(crop).raw().toBuffer();
    const pixels = framePicture({ data, width: crop.width, height: crop.height }, { size, fit: "fill", margin: 255 });
    png = await sharp(pixels, { raw: { width: size, height: size, channels: 3 } }).png({ compressionLevel: 6 }).toBuffer();
  } catch (error) {
    return `${name} is left out: ${messageOf(error).replaceAll(/\s+/g, " ").trim().slice(0, 160)}.`;
  }
  // Under a name of its own until it is whole, so that what was stopped goes on where it was, and two at a time do not write into one file.
  const part = `${target}.${randomUUID()}.part`;
  try {
    await makeFolder(dirname(target));
    await writeFile(part, png);
    await rename(part, target);
    return undefined;
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    throw unwritten(target, error);
  }
}

function unwritten(target: string, error: unknown): IdganError {
  return new IdganError("DATA_INVALID", `${target} cannot be written: ${messageOf(error)}. Free disk space, or choose another folder with --out.`, error);
}

function halfToEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 ? floor + (floor % 2) : Math.round(value);
}
