import { stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { extname } from "node:path";
import sharp from "sharp";
import { messageOf, type Inspection, type InspectionRequest } from "@idgan/core";
import { inParallel } from "./in-parallel.js";
import { openList } from "./open-list.js";
import { readPicture, type Preparation } from "./picture.js";
import type { PicturePlace } from "./picture-place.js";
import { readPlace } from "./place-reader.js";

/** Characters of what libvips says, which can go on for pages. */
const longestReason = 160;

const archives: ReadonlyMap<string, string> = new Map([
  [".zip", "zip of pictures"],
  [".tar", "tar of pictures"],
]);

/** Decodes every picture of a folder, a zip or a tar; `undefined` where the path is none of them, or holds no pictures. */
export async function inspectPictures({ path, shown, side, progress }: InspectionRequest): Promise<Inspection | undefined> {
  const format = (await stat(path).catch(() => undefined))?.isDirectory() ? "folder of pictures" : archives.get(extname(path).toLowerCase());
  if (format === undefined) return undefined;
  const { places, others, notes } = await openList(path);
  if (places.length === 0) return undefined;
  const preparation: Preparation = { size: side, channels: 3, fit: "contain", crop: null, leastSide: 0 };
  const sizes = new Map<string, { width: number; height: number; channels: number; count: number }>();
  const pictures = new Map<number, Uint8Array>();
  const broken: string[] = [];
  const every = Math.max(1, Math.floor(places.length / shown));
  let done = 0;
  await inParallel(places.length, 2 * availableParallelism(), async (place) => {
    const at = places[place] as PicturePlace;
    try {
      if (at.fault !== undefined) throw new Error(at.fault);
      const bytes = await readPlace(at);
      const picture = await readPicture(bytes, preparation);
      const { autoOrient, channels } = await sharp(bytes).metadata();
      const key = `${autoOrient.width}x${autoOrient.height}x${channels}`;
      const size = sizes.get(key) ?? { width: autoOrient.width, height: autoOrient.height, channels, count: 0 };
      size.count += 1;
      sizes.set(key, size);
      if (shown > 0 && place % every === 0) pictures.set(place, picture);
    } catch (error) {
      broken.push(`${at.name}: ${messageOf(error).replaceAll(/\s+/g, " ").trim().slice(0, longestReason)}`);
    }
    done += 1;
    progress(done, places.length);
  });
  return {
    format,
    images: places.length - broken.length,
    sizes: [...sizes.values()].sort((a, b) => b.count - a.count || b.width - a.width || b.height - a.height || b.channels - a.channels),
    broken: broken.sort(),
    notes: [...notes, ...(others > 0 ? [`${others === 1 ? "1 file that is not named as PNG, JPEG or WebP is" : `${others} files that are not named as PNG, JPEG or WebP are`} left out.`] : [])],
    // In their order, whichever was decoded first.
    pictures: [...pictures].sort(([a], [b]) => a - b).slice(0, shown).map(([, picture]) => picture),
  };
}
