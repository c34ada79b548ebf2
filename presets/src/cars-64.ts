/** The official settings for Stanford Cars, the rest as in `celeba-64`: scripts/run_cars.sh and configs/cars-64.yaml. The authors cut each car's box out and squeezed it to a square. */
export default {
  presets: ["celeba-64"],
  name: "cars-64",
  data: { options: { fit: "fill" } },
  vae: { options: { beta: 5 } },
} as const;
