import { createHash } from "node:crypto";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { cacheFolder, frameFilePath, IdganError, putUnits, roomFor, unitSpace, type DataContext, type Dataset, type Fit, type FrameFile } from "@idgan/core";
import { createAugmentation, type AugmentationOptions } from "./augmentation.js";
import { readBoxes } from "./box-list.js";
import { classesOf } from "./classes.js";
import { DecoderPool } from "./decoder-pool.js";
import { faultNotes, fingerprintWithout, type Faults } from "./fault-list.js";
import { openList } from "./open-list.js";
import type { Preparation } from "./picture.js";
import type { PictureList, PicturePlace } from "./picture-place.js";
import { checkPictures, expectNone, openPrepared, type Prepared } from "./prepared-pictures.js";

export interface PictureOptions extends AugmentationOptions {
  readonly folder: string;
  readonly channels: 1 | 3;
  readonly crop: number | null;
  readonly boxes: string | null;
  readonly leastSide: number;
  readonly fit: Fit;
  readonly classes: boolean;
  readonly broken: "skip" | "refuse";
  readonly prepare: boolean;
  readonly cache: string | null;
  readonly workers: number | null;
}

/** Goes into every fingerprint: raise it when any pixel would change. */
const version = 4;

/** Reads every picture once, so that what is broken is known before training; those of a prepared file were read when it was made. */
export async function openPictures(options: PictureOptions, context: DataContext): Promise<Dataset> {
  const { broken } = options;
  const folder = resolve(context.folder, options.folder);
  const list = await withBoxes(await openList(folder), options.boxes === null ? null : resolve(context.folder, options.boxes));
  const { places } = list;
  if (places.length === 0) {
    throw new IdganError("DATA_INVALID", `No PNG, JPEG or WebP in ${folder}${list.others > 0 ? `, only ${list.others} other ${list.others === 1 ? "file" : "files"}` : ""}. Set \`folder\` to where the pictures are.`);
  }
  const preparation: Preparation = { size: context.size, channels: options.channels, fit: options.fit, crop: options.crop, leastSide: options.leastSide };
  const fingerprint = fingerprintOf(places, preparation);
  const pool = new DecoderPool(preparation, options.workers ?? availableParallelism());
  const task = { places, broken, progress: context.progress };
  try {
    if (!options.prepare) {
      const faults = await checkPictures(task, pool);
      return datasetOf(options, context, list, faults, fingerprint, { read: decodingReader(pool, goodOf(places, faults)), close: () => pool.close() });
    }
    const path = frameFilePath(options.cache ?? cacheFolder(), fingerprint);
    const frames = await openPrepared({ ...task, path, fingerprint, source: folder }, pool);
    await pool.close();
    return await preparedDataset(options, context, list, frames);
  } catch (error) {
    await pool.close();
    throw error;
  }
}

async function preparedDataset(options: PictureOptions, context: DataContext, list: PictureList, frames: FrameFile): Promise<Dataset> {
  try {
    const { faults } = frames.extra as Prepared;
    expectNone(faults, options.broken);
    return datasetOf(options, context, list, faults, frames.fingerprint, { read: frames.readUnits, close: frames.close });
  } catch (error) {
    await frames.close();
    throw error;
  }
}

/** Pictures by index, numbers in [0, 1]. */
interface Reader {
  read(indices: ArrayLike<number>, into?: Float32Array): Promise<Float32Array>;
  close(): Promise<void>;
}

function decodingReader(pool: DecoderPool, places: readonly PicturePlace[]): Reader["read"] {
  return async (indices, into) => {
    const chosen = Array.from(indices, (index) => {
      const place = places[index];
      if (place === undefined) throw new RangeError(`image ${index}: there are images 0 to ${places.length - 1}`);
      return place;
    });
    const images = roomFor(chosen.length * pool.length, into);
    await pool.decodeParts(chosen, ({ pixels, faults }, first) => {
      const fault = faults.find((each) => each !== null);
      if (fault !== undefined) throw new IdganError("DATA_INVALID", `${fault.what}, though it was read when the run began. Restore it, then resume.`);
      putUnits(pixels, images, first * pool.length);
    });
    return images;
  };
}

function datasetOf(options: PictureOptions, context: DataContext, list: PictureList, faults: Faults, fingerprint: string, { read, close }: Reader): Dataset {
  const image = unitSpace(context.size, options.channels);
  const good = goodOf(list.places, faults);
  const classes = options.classes ? classesOf(good) : undefined;
  const augment = createAugmentation(options, image, context.seed);
  return {
    name: `images of ${options.folder}`,
    size: good.length,
    image,
    fingerprint: fingerprintWithout(fingerprint, faults),
    notes: [
      ...faultNotes(faults, list.places.length),
      ...(list.others > 0 ? [`${list.others === 1 ? "1 file that is not named as PNG, JPEG or WebP was" : `${list.others} files that are not named as PNG, JPEG or WebP were`} left out.`] : []),
      ...list.notes,
      ...(classes === undefined ? [] : [classes.note]),
    ],
    async batch(indices, draw, into) {
      const images = await read(indices, into);
      if (draw !== undefined) augment(images, draw);
      return images;
    },
    ...classes?.factors,
    close,
  };
}

async function withBoxes(list: PictureList, path: string | null): Promise<PictureList> {
  if (path === null) return list;
  const boxOf = await readBoxes(path);
  const places = list.places.map((place): PicturePlace => {
    const box = boxOf(place.entry?.name ?? place.name);
    return box === undefined ? { fault: `has no box in ${path}`, ...place } : { ...place, box };
  });
  return { ...list, places };
}

function goodOf(places: readonly PicturePlace[], faults: Faults): readonly PicturePlace[] {
  const left = new Set(faults.places);
  return places.filter((_, place) => !left.has(place));
}

function fingerprintOf(places: readonly PicturePlace[], preparation: Preparation): string {
  const hash = createHash("sha256").update(JSON.stringify([version, preparation]));
  for (const { name, bytes, modified, entry, box } of places) {
    hash.update(JSON.stringify([name, bytes, modified, entry ?? null, box ?? null]));
  }
  return `images/${version} ${hash.digest("hex")}`;
}
