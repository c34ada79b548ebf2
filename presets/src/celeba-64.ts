/**
 * The official CelebA settings of ID-GAN at 64x64: github.com/1Konny/idgan, scripts/run_celeba.sh and configs/celebA-64.yaml. The aligned pictures of
 * 178x218 from a folder or zip, `--set data.options.folder=PATH`: the centre 160x160 is scaled by Lanczos, and stage 2 sees it flipped and with noise.
 */
export default {
  name: "celeba-64",
  seed: 1,
  data: { use: "@idgan/plugin-data-images", options: { channels: 3, crop: 160, flip: true, dequantise: true } },
  vae: { use: "@idgan/plugin-betavae", size: 64, latentDim: 20, options: { beta: 6.4, decoder: "gaussian", initialisation: "official" } },
  gan: { use: "@idgan/plugin-resnetgan", size: 64, nuisanceDim: 256, options: { width: 64, maxWidth: 512, initialisation: "official" } },
  represent: { steps: 1_000_000, batch: 64, optimizer: { name: "adam", learningRate: 1e-4 } },
  synthesise: {
    steps: 300_000,
    batch: 64,
    code: "paired",
    idWeight: 1e-3,
    r1Weight: 10,
    averageDecay: 0.999,
    averageWarmup: false,
    generatorOptimizer: { name: "rmsprop", learningRate: 1e-4, alpha: 0.99, epsilon: 1e-8 },
    discriminatorOptimizer: { name: "rmsprop", learningRate: 1e-4, alpha: 0.99, epsilon: 1e-8 },
  },
  record: { log: 100, checkpoint: 5_000, pictures: 5_000 },
} as const;
