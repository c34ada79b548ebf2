/**
 * The whole method in a few minutes on two cores: sprites at 32x32, a β-TCVAE, and a GAN distilled from its encoder.
 * Smaller and hastier than `dsprites`: a quarter of the pixels (so that β weighs more), larger learning rates, and an id term that is heard at once. In so few updates a
 * β-VAE has found what to keep, and not yet how to keep it apart.
 */
export default {
  name: "quickstart",
  seed: 1,
  data: { use: "@idgan/plugin-sprites" },
  vae: { use: "@idgan/plugin-betatcvae", size: 32, latentDim: 10, options: { beta: 3, decoder: "bernoulli" } },
  gan: { use: "@idgan/plugin-dcgan", size: 32, nuisanceDim: 4, options: { architecture: "official" } },
  represent: { steps: 3_500, batch: 64, optimizer: { name: "adam", learningRate: 1e-3 } },
  synthesise: {
    steps: 2_000,
    batch: 64,
    code: "paired",
    idWeight: 0.05,
    r1Weight: 2,
    averageDecay: 0.995,
    generatorOptimizer: { name: "rmsprop", learningRate: 1e-3 },
    discriminatorOptimizer: { name: "rmsprop", learningRate: 5e-4 },
  },
  record: { log: 100, checkpoint: 500, pictures: 500 },
} as const;
