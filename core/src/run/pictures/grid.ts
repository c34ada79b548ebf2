import { blank, channelsOf, type Image, paste } from "./image.js";

/** Dark enough for white figures, light enough that a black image shows its edges. */
export const background = 40;

export interface GridOptions {
  /** Pixels between images. Default 4. */
  readonly gap?: number;
  /** Pixels around all of them. Default 0. */
  readonly margin?: number;
  /** Grey, 0 to 255. */
  readonly background?: number;
}

/** Images in rows of `columns`, each in the middle of a cell as large as the largest of them. */
export function grid(images: readonly Image[], columns: number, options: GridOptions = {}): Image {
  const { gap = 4, margin = 0 } = options;
  const width = Math.max(1, ...images.map((image) => image.width));
  const height = Math.max(1, ...images.map((image) => image.height));
  const across = Math.max(1, Math.min(columns, images.length));
  const down = Math.max(1, Math.ceil(images.length / across));
  const canvas = blank(span(across, width, gap) + 2 * margin, span(down, height, gap) + 2 * margin, channelsOf(images), options.background ?? background);
  for (const [index, image] of images.entries()) {
    const x = margin + (index % across) * (width + gap);
    const y = margin + Math.floor(index / across) * (height + gap);
    paste(canvas, image, x + Math.floor((width - image.width) / 2), y + Math.floor((height - image.height) / 2));
  }
  return canvas;
}

/** Length of `count` cells with gaps between them. */
export function span(count: number, size: number, gap: number): number {
  return count * size + Math.max(0, count - 1) * gap;
}
