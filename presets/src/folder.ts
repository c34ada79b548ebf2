/**
 * Pictures of one's own, in colour at 64x64: `idgan train folder --set data.options.folder=PATH`.
 * Losses, c and batch are those of the official CelebA run (Gaussian, beta 6.4, c of 20). So that it trains on two cores, the networks are the official
 * dSprites pair instead of residual ones, s has 32 dimensions instead of 256, fewer updates take larger learning rates, and the id term weighs more.
 */
export default {
  name: "folder",
  seed: 1,
  data: { use: "@idgan/plugin-data-images" },
  vae: { use: "@idgan/plugin-betavae", size: 64, latentDim: 20, options: { beta: 6.4, decoder: "gaussian" } },
  gan: { use: "@idgan/plugin-dcgan", size: 64, nuisanceDim: 32, options: { architecture: "official" } },
  represent: { steps: 20_000, batch: 64, optimizer: { name: "adam", learningRate: 5e-4 } },
  synthesise: {
    steps: 20_000,
    batch: 64,
    code: "paired",
    idWeight: 1e-2,
    r1Weight: 5,
    averageDecay: 0.999,
    generatorOptimizer: { name: "rmsprop", learningRate: 1e-3 },
    discriminatorOptimizer: { name: "rmsprop", learningRate: 5e-4 },
  },
  record: { log: 100, checkpoint: 1_000, pictures: 1_000 },
} as const;
