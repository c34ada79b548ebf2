// dSprites as a rule: the factors, order and geometry of https://github.com/google-deepmind/dsprites-dataset, drawn when asked for.
import { IdganError, unitSpace, type Dataset } from "@idgan/core";
import { factors, imageCount, indexOfFactorValues, writeFactorValues } from "./factors.js";
import { outlines, place, type Outline } from "./outline.js";
import { Raster } from "./raster.js";

export interface SpritesOptions {
  readonly antialias: boolean;
}

/** Goes into every fingerprint: raise it when any pixel would change. */
const rendererVersion = 1;
/** Side of the frame that outlines and positions are given in. */
const referenceSize = 64;
const smallest = 8;

/** 737,280 images `[size, size, 1]`, 1 on the sprite and 0 off it. */
export function createSprites(options: SpritesOptions, size: number): Dataset {
  if (!(Number.isInteger(size) && size >= smallest)) {
    throw new IdganError("CONFIG_VALUE", `Sprites can be drawn at ${smallest} pixels and more, and the run asks for ${size}. Set vae.size and gan.size to ${smallest} or more.`);
  }
  const zoom = size / referenceSize;
  const pixels = size * size;
  const raster = new Raster(size, options.antialias);
  const placed = new Map<number, Outline>();

  const outlineOf = (shape: number, scale: number, turn: number): Outline => {
    const key = (shape * 6 + scale) * 40 + turn;
    const outline = placed.get(key) ?? place(outlines[shape] as Outline, zoom * (0.5 + scale / 10), turn);
    placed.set(key, outline);
    return outline;
  };

  const draw = (values: readonly number[], target: Float32Array, offset: number): void => {
    const [, shape, scale, turn, x, y] = values as [number, number, number, number, number, number];
    raster.fill(outlineOf(shape, scale, turn), center(x) * zoom, center(y) * zoom, target, offset);
  };

  return {
    name: "sprites (rendered, dSprites-compatible)",
    size: imageCount,
    image: unitSpace(size, 1),
    fingerprint: `sprites/${rendererVersion} size=${size} antialias=${options.antialias}`,
    factors,
    async batch(indices) {
      const images = new Float32Array(indices.length * pixels);
      const values: number[] = [];
      for (let i = 0; i < indices.length; i += 1) {
        writeFactorValues(indices[i] as number, values, 0);
        draw(values, images, i * pixels);
      }
      return images;
    },
    factorValues(indices) {
      const values = new Int32Array(indices.length * factors.length);
      for (let i = 0; i < indices.length; i += 1) {
        writeFactorValues(indices[i] as number, values, i * factors.length);
      }
      return values;
    },
    indicesOf(values) {
      if (values.length % factors.length !== 0) {
        throw new RangeError(`${values.length} factor values: each image has ${factors.length}`);
      }
      return Uint32Array.from({ length: values.length / factors.length }, (_, i) => indexOfFactorValues(values, i * factors.length));
    },
  };
}

/** Pixels of the reference frame from its edge to position 0 … 31. */
function center(position: number): number {
  return 16 + (32 * position) / 31;
}
