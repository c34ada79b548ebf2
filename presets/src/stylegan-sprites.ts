/**
 * A small StyleGAN that grows from 8 to 64 pixels on sprites, in less than an hour on two cores: `quickstart`'s VAE at 32x32, a thirty-second of the official channels at 32
 * and 64 pixels and a sixteenth below, 8,000 images for each step of growing where the official schedule shows 600,000, R1 in every fourth update.
 * The encoder is heard once 64 pixels fade in: it has seen black and white alone, and finds the first random greys a billion nats unlikely.
 *
 * It shows that and how a GAN grows; its pictures are not good. In trials with batches of 16 the generator put one blob in the middle, whatever (s, c) said, and lost to the
 * discriminator from 32 pixels on; the official schedule shows a hundred times as many images. At 8 pixels alone, places followed the code after 6,000 updates of 64 images,
 * with an `idWeight` of 2e-2 from update 500 on and a normal first constant. `color-sprites-hour` is the preset to look at.
 */
export default {
  presets: ["quickstart"],
  name: "stylegan-sprites",
  gan: {
    use: "@idgan/plugin-stylegan",
    size: 64,
    nuisanceDim: 8,
    options: { width: 256, maxWidth: 32, styleDim: 64, mappingLayers: 4, stableImages: 8_000, fadeImages: 8_000 },
  },
  synthesise: {
    steps: 4_500,
    batch: 16,
    idWeight: 2e-3,
    idDelay: 2_500,
    r1Weight: 5,
    r1Interval: 4,
    averageHalfLife: 2_000,
    generatorOptimizer: { name: "adam", learningRate: 2e-3, beta1: 0, beta2: 0.99 },
    discriminatorOptimizer: { name: "adam", learningRate: 2e-3, beta1: 0, beta2: 0.99 },
  },
  record: { log: 100, checkpoint: 500, pictures: 500 },
} as const;
