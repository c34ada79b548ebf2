import { IdganError, roomFor, unitSpace, type Dataset } from "@idgan/core";
import { angleOf, grid, scaleOf } from "./factors.js";
import { drawLightMaps, parts, type LightMaps } from "./light-maps.js";
import { colourOf, paint } from "./paint.js";

export interface ScenesOptions {
  readonly cacheMegabytes: number;
}

/** Goes into the fingerprint: raise it when any pixel would change. */
const version = 1;
const smallest = 8;
const largest = 4096;

/** 480,000 images `[size, size, 3]` of a room with a solid. */
export function createScenes({ cacheMegabytes }: ScenesOptions, size: number): Dataset {
  if (!(Number.isInteger(size) && size >= smallest && size <= largest)) {
    throw new IdganError("CONFIG_VALUE", `Scenes are drawn at ${smallest} to ${largest} pixels, and the run asks for ${size}. Set vae.size and gan.size to between them.`);
  }
  const views = new Map<number, LightMaps>();
  const mostViews = Math.max(1, Math.floor((cacheMegabytes * 2 ** 20) / (size * size * parts * 4)));
  const pixels = size * size * 3;

  /** The view is kept until others took its place: those asked for last stay. */
  const viewOf = (scale: number, shape: number, orientation: number): LightMaps => {
    const key = (scale * 4 + shape) * 15 + orientation;
    const view = views.get(key) ?? drawLightMaps(size, shape, scaleOf(scale), angleOf(orientation));
    views.delete(key);
    views.set(key, view);
    if (views.size > mostViews) views.delete(views.keys().next().value as number);
    return view;
  };

  return {
    name: "scenes (rendered, in the spirit of 3D Shapes)",
    size: grid.size,
    image: unitSpace(size, 3),
    fingerprint: `scenes/${version} size=${size}`,
    factors: grid.factors,
    factorValues: grid.factorValues,
    indicesOf: grid.indicesOf,
    async batch(indices, _draw, into) {
      const images = roomFor(indices.length * pixels, into);
      const values: number[] = [];
      for (let i = 0; i < indices.length; i += 1) {
        grid.write(indices[i] as number, values, 0);
        const [floor, wall, solid, scale, shape, orientation] = values as [number, number, number, number, number, number];
        paint(viewOf(scale, shape, orientation), colourOf(floor), colourOf(wall), colourOf(solid), images, i * pixels);
      }
      return images;
    },
  };
}
