/**
 * The whole method in a few minutes on two cores: sprites at 32x32, a beta-VAE, and a GAN distilled from its encoder.
 * Smaller and hastier than `dsprites`: a quarter of the pixels (so that beta 4 weighs as 16 would there), larger learning rates, and an id term that is heard at once.
 */
export default {
  name: "quickstart",
  seed: 1,
  data: { use: "@idgan/plugin-sprites" },
  vae: { use: "@idgan/plugin-betavae", size: 32, latentDim: 10, options: { beta: 4, decoder: "bernoulli" } },
  gan: { use: "@idgan/plugin-dcgan", size: 32, nuisanceDim: 4, options: { architecture: "official" } },
  represent: { steps: 2_500, batch: 64, optimizer: { name: "adam", learningRate: 1e-3 } },
  synthesise: {
    steps: 1_500,
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
