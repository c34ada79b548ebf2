/**
 * A small StyleGAN that grows from 8 to 32 pixels on sprites, in some 25 minutes on two cores: a β-VAE, a thirty-second of the official channels at 32 pixels
 * and a sixteenth below, 64,000 to 192,000 images for each step of growing where the official schedule shows 600,000.
 *
 * In its pictures place and size follow the code, with edges sharper than the VAE's; shapes are as round as this VAE's, there is a faint grain, and one in thirty has a spot in
 * a corner. It took batches of 64 images below 32 pixels, a first constant of normal values, R1 in every update, and an `idWeight` from update 500 on, when pictures are dark
 * enough for an encoder of black and white. Without them one blob lay in the middle, whatever (s, c) said.
 */
export default {
  presets: ["quickstart"],
  name: "stylegan-sprites",
  vae: { use: "@idgan/plugin-betavae", options: { beta: 4, decoder: "bernoulli" } },
  represent: { steps: 2_500 },
  gan: {
    use: "@idgan/plugin-stylegan",
    size: 32,
    nuisanceDim: 8,
    options: {
      width: 256,
      maxWidth: 32,
      styleDim: 64,
      mappingLayers: 4,
      constant: "normal",
      minibatchGroup: 8,
      stableImages: 192_000,
      fadeImages: 64_000,
      batches: { 8: 64, 16: 64, 32: 32 },
    },
  },
  synthesise: {
    steps: 11_500,
    batch: 16,
    idWeight: 2e-2,
    idDelay: 500,
    r1Weight: 1,
    r1Interval: 1,
    averageHalfLife: 2_000,
    generatorOptimizer: { name: "adam", learningRate: 2e-3, beta1: 0, beta2: 0.99 },
    discriminatorOptimizer: { name: "adam", learningRate: 2e-3, beta1: 0, beta2: 0.99 },
  },
  record: { log: 100, checkpoint: 500, pictures: 500 },
} as const;
