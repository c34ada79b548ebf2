// dSprites as a rule: the factors, order and geometry of https://github.com/google-deepmind/dsprites-dataset, drawn when asked for.
import { IdganError, roomFor } from "@idgan/core";
import { grid } from "./factors.js";
import type { Frames } from "./frames.js";
import { outlines, place, type Outline } from "./outline.js";
import { Raster } from "./raster.js";

/** Goes into the fingerprint: raise it when any pixel would change. */
const version = 1;
/** Side of the frame that outlines and positions are given in. */
export const referenceSize = 64;
const smallest = 8;

/** Sprites drawn at `size` pixels; the geometry is that of 64 pixels, scaled. */
export function renderFrames(size: number, antialias: boolean): Frames {
  if (!(Number.isInteger(size) && size >= smallest)) {
    throw new IdganError("CONFIG_VALUE", `Sprites can be drawn at ${smallest} pixels and more, and the run asks for ${size}. Set vae.size and gan.size to ${smallest} or more.`);
  }
  const zoom = size / referenceSize;
  const pixels = size * size;
  const raster = new Raster(size, antialias);
  const placed = new Map<number, Outline>();

  const outlineOf = (shape: number, scale: number, turn: number): Outline => {
    const key = (shape * 6 + scale) * 40 + turn;
    const outline = placed.get(key) ?? place(outlines[shape] as Outline, zoom * (0.5 + scale / 10), turn);
    placed.set(key, outline);
    return outline;
  };

  return {
    size,
    real: false,
    fingerprint: `sprites/${version} size=${size} antialias=${antialias}`,
    async read(indices, into) {
      const masks = roomFor(indices.length * pixels, into).fill(0);
      const values: number[] = [];
      for (let i = 0; i < indices.length; i += 1) {
        grid.write(indices[i] as number, values, 0);
        const [, shape, scale, turn, x, y] = values as [number, number, number, number, number, number];
        raster.fill(outlineOf(shape, scale, turn), center(x) * zoom, center(y) * zoom, masks, i * pixels);
      }
      return masks;
    },
  };
}

/** Pixels of the reference frame from its edge to position 0 … 31. */
function center(position: number): number {
  return 16 + (32 * position) / 31;
}
