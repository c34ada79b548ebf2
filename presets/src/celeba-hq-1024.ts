/**
 * `celeba-64` with a generator of 1024x1024 and a quarter of the channels: configs/celebA-HQ.yaml. Give it CelebA-HQ's pictures of 1024x1024, which are used whole; the VAE stays at 64x64,
 * and the authors took CelebA's, which `encoder.from` may name.
 */
export default {
  presets: ["celeba-64"],
  name: "celeba-hq-1024",
  data: { options: { crop: null } },
  engine: { use: "@idgan/engine-onnx", options: { memory: "frugal" } },
  gan: { size: 1024, options: { width: 16 } },
  synthesise: { batch: 1, idWeight: 1e-4 },
  record: { log: 100, checkpoint: 1_000, pictures: 1_000 },
} as const;
