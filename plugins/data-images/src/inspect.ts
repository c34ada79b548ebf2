import { readFile, stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import sharp from "sharp";
import { messageOf, type Inspection, type InspectionRequest } from "@idgan/core";
import { listPictures, type PictureFile } from "./file-list.js";
import { inParallel } from "./in-parallel.js";
import { readPicture } from "./picture.js";

/** Characters of what libvips says, which can go on for pages. */
const longestReason = 160;

/** Decodes every picture in a folder and below it; `undefined` where there is no folder, or none with pictures. */
export async function inspectFolder({ path, shown, side, progress }: InspectionRequest): Promise<Inspection | undefined> {
  if (!(await stat(path).catch(() => undefined))?.isDirectory()) return undefined;
  const { pictures: files, others } = await listPictures(path);
  if (files.length === 0) return undefined;
  const sizes = new Map<string, { width: number; height: number; channels: number; count: number }>();
  const pictures: Uint8Array[] = [];
  const broken: string[] = [];
  const every = Math.max(1, Math.floor(files.length / shown));
  let done = 0;
  await inParallel(files.length, 2 * availableParallelism(), async (place) => {
    const { name, path: file } = files[place] as PictureFile;
    try {
      const bytes = await readFile(file);
      const picture = await readPicture(bytes, { size: side, channels: 3, fit: "contain" });
      const { autoOrient, channels } = await sharp(bytes).metadata();
      const key = `${autoOrient.width}x${autoOrient.height}x${channels}`;
      const size = sizes.get(key) ?? { width: autoOrient.width, height: autoOrient.height, channels, count: 0 };
      size.count += 1;
      sizes.set(key, size);
      if (place % every === 0 && pictures.length < shown) pictures.push(picture);
    } catch (error) {
      broken.push(`${name}: ${messageOf(error).replaceAll(/\s+/g, " ").trim().slice(0, longestReason)}`);
    }
    done += 1;
    progress(done, files.length);
  });
  return {
    format: "folder of pictures",
    images: files.length - broken.length,
    sizes: [...sizes.values()].sort((a, b) => b.count - a.count),
    broken: broken.sort(),
    notes: others > 0 ? [`${others} files that are not named as PNG, JPEG or WebP are left out.`] : [],
    pictures,
  };
}
