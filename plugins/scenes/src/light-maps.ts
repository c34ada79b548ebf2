import { Scene, type Sight } from "./scene.js";

/**
 * One view before it is coloured: what of each pixel's light is floor, wall, solid, and highlight, `[height * width, 4]`, linear.
 * Hues change no light path, so 480 views serve all 480,000 images.
 */
export type LightMaps = Float32Array;

export const parts = 4;
const highlight = 3;
/** Pixels on an edge are the mean of this many samples squared. */
const samplesPerSide = 4;

/** Light of the view at `size` pixels. Pixels whose neighbours show another facet are sampled sixteen times, all others once. */
export function drawLightMaps(size: number, shape: number, scale: number, angle: number): LightMaps {
  const scene = new Scene(shape, scale, angle);
  const sight: Sight = { surface: 0, facet: 0, diffuse: 0, highlight: 0 };
  const maps = new Float32Array(size * size * parts);
  const facets = new Uint8Array(size * size);
  const step = 2 / size;
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      scene.look((x + 0.5) * step - 1, (y + 0.5) * step - 1, sight);
      const pixel = y * size + x;
      facets[pixel] = sight.facet;
      maps[pixel * parts + sight.surface] = sight.diffuse;
      maps[pixel * parts + highlight] = sight.highlight;
    }
  }
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      if (!isEdge(facets, size, x, y)) continue;
      const at = (y * size + x) * parts;
      maps.fill(0, at, at + parts);
      for (let sample = 0; sample < samplesPerSide ** 2; sample += 1) {
        const right = ((sample % samplesPerSide) + 0.5) / samplesPerSide;
        const down = (Math.floor(sample / samplesPerSide) + 0.5) / samplesPerSide;
        scene.look((x + right) * step - 1, (y + down) * step - 1, sight);
        maps[at + sight.surface] = (maps[at + sight.surface] as number) + sight.diffuse / samplesPerSide ** 2;
        maps[at + highlight] = (maps[at + highlight] as number) + sight.highlight / samplesPerSide ** 2;
      }
    }
  }
  return maps;
}

/** Whether one of the eight pixels around shows another facet. */
function isEdge(facets: Uint8Array, size: number, x: number, y: number): boolean {
  const own = facets[y * size + x];
  for (let row = Math.max(0, y - 1); row <= Math.min(size - 1, y + 1); row += 1) {
    for (let column = Math.max(0, x - 1); column <= Math.min(size - 1, x + 1); column += 1) {
      if (facets[row * size + column] !== own) return true;
    }
  }
  return false;
}
