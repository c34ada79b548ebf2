import { createFactorGrid, type Factor, type FactorGrid } from "@idgan/core";

/** Factors in dSprites' order, slowest first (https://github.com/google-deepmind/dsprites-dataset): 737,280 images. */
export const grid: FactorGrid = createFactorGrid([
  { name: "color", size: 1 },
  { name: "shape", size: 3 },
  { name: "scale", size: 6 },
  { name: "orientation", size: 40 },
  { name: "posX", size: 32 },
  { name: "posY", size: 32 },
]);

export const factors: readonly Factor[] = grid.factors;

/** 737,280. */
export const imageCount = grid.size;
