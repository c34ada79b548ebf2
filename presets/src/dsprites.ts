/** The official dSprites settings of ID-GAN: github.com/1Konny/idgan, scripts/run_dsprites.sh and configs/dsprites.yaml. */
export default {
  name: "dsprites",
  seed: 1,
  data: { use: "@idgan/plugin-sprites" },
  vae: { use: "@idgan/plugin-betavae", size: 64, latentDim: 10, options: { beta: 8, decoder: "bernoulli", initialisation: "official" } },
  gan: { use: "@idgan/plugin-dcgan", size: 64, nuisanceDim: 0, options: { architecture: "official", initialisation: "official" } },
  represent: { steps: 500_000, batch: 64, optimizer: { name: "adam", learningRate: 1e-4 } },
  synthesise: {
    steps: 300_000,
    batch: 64,
    code: "paired",
    idWeight: 1e-4,
    r1Weight: 10,
    averageDecay: 0.999,
    averageWarmup: false,
    generatorOptimizer: { name: "rmsprop", learningRate: 1e-3, alpha: 0.99, epsilon: 1e-8 },
    discriminatorOptimizer: { name: "rmsprop", learningRate: 1e-4, alpha: 0.99, epsilon: 1e-8 },
  },
  record: { log: 100, checkpoint: 5_000, pictures: 5_000 },
} as const;
