/**
 * `stylegan-64` grown to 1024 pixels, for CelebA-HQ or other pictures of that size: batches of the official one-GPU settings, 25,000,000 images in all. s and c
 * are 512 numbers together, the official z. Days on a GPU; `--dry-run` says what it asks of this machine.
 */
export default {
  presets: ["stylegan-64"],
  name: "stylegan-1024",
  engine: { use: "@idgan/engine-onnx", options: { memory: "frugal" } },
  gan: { size: 1024, options: { batches: { 8: 128, 16: 128, 32: 64, 64: 32, 128: 16, 256: 8, 512: 4 } } },
  synthesise: { steps: 4_900_000, batch: 4 },
  record: { log: 100, checkpoint: 1_000, pictures: 1_000 },
} as const;
