import { createFactorGrid, type FactorGrid } from "@idgan/core";

/** By the value of the factor `shape`. */
export const shapeNames = ["cube", "cylinder", "sphere", "capsule"] as const;

/** Factors with the names, sizes and order of 3D Shapes (https://github.com/google-deepmind/3d-shapes), the last fastest: 480,000 images. */
export const grid: FactorGrid = createFactorGrid([
  { name: "floorHue", size: 10 },
  { name: "wallHue", size: 10 },
  { name: "objectHue", size: 10 },
  { name: "scale", size: 8 },
  { name: "shape", size: shapeNames.length },
  { name: "orientation", size: 15 },
]);

/** Size of the solid: 0.75 … 1.25. */
export function scaleOf(value: number): number {
  return 0.75 + (0.5 * value) / 7;
}

/** How far the room is turned, in radians: -30° … 30°. */
export function angleOf(value: number): number {
  return (Math.PI / 180) * (-30 + (60 * value) / 14);
}
