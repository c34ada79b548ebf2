/**
 * A small StyleGAN that grows from 8 to 64 pixels on sprites, on two cores: `quickstart`'s VAE at 32x32, an eighth of the official channels at 64 pixels and
 * a sixteenth or less below, 16,000 images for each step of growing where the official schedule shows 600,000.
 */
export default {
  presets: ["quickstart"],
  name: "stylegan-sprites",
  gan: {
    use: "@idgan/plugin-stylegan",
    size: 64,
    nuisanceDim: 8,
    options: { width: 512, maxWidth: 32, styleDim: 64, mappingLayers: 4, stableImages: 16_000, fadeImages: 16_000 },
  },
  synthesise: {
    steps: 5_000,
    batch: 32,
    idWeight: 0.02,
    r1Weight: 5,
    averageHalfLife: 2_000,
    generatorOptimizer: { name: "adam", learningRate: 1e-3, beta1: 0, beta2: 0.99 },
    discriminatorOptimizer: { name: "adam", learningRate: 1e-3, beta1: 0, beta2: 0.99 },
  },
  record: { log: 100, checkpoint: 500, pictures: 500 },
} as const;
