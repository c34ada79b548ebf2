/**
 * The official settings for Stanford Cars, the rest as in `celeba-64`: scripts/run_cars.sh and configs/cars-64.yaml. Each car's box is cut out, left out
 * where it has a side of fewer than 64 pixels, and squeezed to a square; `--set data.options.boxes=PATH` names a text file of them.
 */
export default {
  presets: ["celeba-64"],
  name: "cars-64",
  data: { options: { crop: null, leastSide: 64, fit: "fill" } },
  vae: { options: { beta: 5 } },
} as const;
