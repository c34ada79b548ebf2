import type { Image } from "./image.js";
import { drawSheet } from "./table.js";

/** Images in a sheet that is as square as they allow. */
export function samplesPicture(images: readonly Image[], columns = Math.ceil(Math.sqrt(images.length))): Image {
  return drawSheet(images, columns);
}
