/**
 * Both stages in about an hour on two cores: Color-dSprites' rule at 32x32, a β-TCVAE, and a small residual GAN. A quarter of the pixels of `color-sprites`, so that β weighs
 * more; an id term that is heard at once, as in `quickstart`. The code keeps what varies and repeats; s has room for the rest.
 */
export default {
  name: "color-sprites-hour",
  seed: 1,
  data: { use: "@idgan/plugin-sprites", options: { variant: "color", rule: "locatello2019" } },
  vae: { use: "@idgan/plugin-betatcvae", size: 32, latentDim: 10, options: { beta: 4, decoder: "bernoulli" } },
  gan: { use: "@idgan/plugin-resnetgan", size: 32, nuisanceDim: 16, options: { width: 16, maxWidth: 64 } },
  represent: { steps: 12_000, batch: 64, optimizer: { name: "adam", learningRate: 1e-3 } },
  synthesise: {
    steps: 8_000,
    batch: 32,
    code: "paired",
    idWeight: 0.05,
    r1Weight: 2,
    averageDecay: 0.998,
    generatorOptimizer: { name: "rmsprop", learningRate: 5e-4 },
    discriminatorOptimizer: { name: "rmsprop", learningRate: 5e-4 },
  },
  record: { log: 100, checkpoint: 1_000, pictures: 2_000 },
} as const;
