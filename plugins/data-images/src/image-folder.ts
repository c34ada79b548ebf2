import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { IdganError, messageOf, unitSpace, type DataContext, type Dataset, type Fit } from "@idgan/core";
import { listPictures, type PictureFile } from "./file-list.js";
import { inParallel } from "./in-parallel.js";
import { readPicture, type Preparation } from "./picture.js";

export interface ImageFolderOptions {
  readonly folder: string;
  readonly channels: 1 | 3;
  readonly fit: Fit;
  readonly broken: "skip" | "refuse";
  readonly cacheMegabytes: number;
}

/** Goes into every fingerprint: raise it when any pixel would change. */
const version = 1;
/** Broken files that are named; more are counted. */
const mostNamed = 50;
/** Characters of what libvips says, which can go on for pages. */
const longestReason = 160;
/** Files read at a time: enough to keep libuv's threads busy while others wait for the disk. */
const width = 2 * availableParallelism();

/** Reads every picture once, so that what is broken is known before training, and keeps as many as the cache holds. */
export async function openImageFolder(options: ImageFolderOptions, context: DataContext): Promise<Dataset> {
  const folder = resolve(context.folder, options.folder);
  const { pictures, others } = await listPictures(folder);
  if (pictures.length === 0) {
    throw new IdganError("DATA_INVALID", `No PNG, JPEG or WebP in ${folder}${others > 0 ? `, only ${others} other files` : ""}. Set \`folder\` to where the pictures are.`);
  }
  const preparation = { size: context.size, channels: options.channels, fit: options.fit };
  const length = context.size * context.size * options.channels;
  const cached = Math.min(pictures.length, Math.floor((options.cacheMegabytes * 2 ** 20) / length));
  const cache = new Uint8Array(cached * length);

  const faults = await inParallel(pictures.length, width, async (place) => {
    try {
      const pixels = await load(pictures[place] as PictureFile, preparation);
      if (place < cached) cache.set(pixels, place * length);
      return undefined;
    } catch (error) {
      if (options.broken === "refuse") {
        throw new IdganError("DATA_INVALID", `${messageOf(error)} in ${folder}. Mend or remove it, or set \`broken\` to "skip".`, error);
      }
      return messageOf(error);
    }
  });
  const places = pictures.flatMap((_, place) => (faults[place] === undefined ? [place] : []));
  if (places.length === 0) {
    throw new IdganError("DATA_INVALID", `None of the ${pictures.length} pictures in ${folder} can be used. ${faults[0]}.`);
  }

  const pixelsOf = async (index: number): Promise<Uint8Array> => {
    const place = places[index];
    if (place === undefined) throw new RangeError(`image ${index}: ${folder} holds images 0 to ${places.length - 1}`);
    if (place < cached) return cache.subarray(place * length, (place + 1) * length);
    return load(pictures[place] as PictureFile, preparation).catch((error: unknown) => {
      throw new IdganError("DATA_INVALID", `${messageOf(error)} in ${folder}, though it was read when the run began. Restore it, then resume.`, error);
    });
  };

  return {
    name: `images of ${options.folder}`,
    size: places.length,
    image: unitSpace(context.size, options.channels),
    fingerprint: fingerprint(places.map((place) => pictures[place] as PictureFile), preparation),
    notes: notesOn(faults.filter((fault) => fault !== undefined), pictures.length, others),
    async batch(indices) {
      const images = new Float32Array(indices.length * length);
      await inParallel(indices.length, width, async (i) => {
        writeUnit(await pixelsOf(indices[i] as number), images, i * length);
      });
      return images;
    },
  };
}

/** Bytes as numbers in [0, 1]. */
function writeUnit(pixels: Uint8Array, target: Float32Array, offset: number): void {
  for (let i = 0; i < pixels.length; i += 1) {
    target[offset + i] = (pixels[i] as number) / 255;
  }
}

async function load(file: PictureFile, preparation: Preparation): Promise<Uint8Array> {
  try {
    return await readPicture(await readFile(file.path), preparation);
  } catch (error) {
    const reason = messageOf(error).split("\n").map((line) => line.trim()).filter((line) => line !== "").join(" ");
    throw new Error(`The picture ${file.name} cannot be used (${reason.slice(0, longestReason)})`, { cause: error });
  }
}

function fingerprint(files: readonly PictureFile[], preparation: Preparation): string {
  const hash = createHash("sha256").update(JSON.stringify([version, preparation]));
  for (const { name, bytes, modified } of files) {
    hash.update(JSON.stringify([name, bytes, modified]));
  }
  return `images/${version} ${hash.digest("hex")}`;
}

function notesOn(faults: readonly string[], count: number, others: number): string[] {
  return [
    ...(faults.length > 0 ? [`${faults.length} of ${count} pictures cannot be used and were skipped.`] : []),
    ...faults.slice(0, mostNamed).map((fault) => `${fault}.`),
    ...(faults.length > mostNamed ? [`And ${faults.length - mostNamed} more.`] : []),
    ...(others > 0 ? [`${others} files that are not named as PNG, JPEG or WebP were left out.`] : []),
  ];
}
