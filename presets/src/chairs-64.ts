/** The official settings for 3D Chairs, the rest as in `celeba-64`: scripts/run_chairs.sh and configs/chairs-64.yaml. The centre 450x450 of each picture is scaled by Lanczos. */
export default {
  presets: ["celeba-64"],
  name: "chairs-64",
  data: { options: { crop: 450 } },
  vae: { options: { beta: 10 } },
  synthesise: { idWeight: 1e-4, r1Weight: 1_000 },
} as const;
