/**
 * `celeba-64` with a StyleGAN that grows from 8 to 64 pixels, by the settings of github.com/NVlabs/stylegan (train.py) for one GPU: 600,000 images at each
 * size and 600,000 to fade in the next, Adam 1e-3 with (0, 0.99), γ of 10 (an `r1Weight` of 5), an average with a half-life of 10,000 images. The weight of id is
 * that of the official residual GAN.
 */
export default {
  presets: ["celeba-64"],
  name: "stylegan-64",
  gan: { use: "@idgan/plugin-stylegan", size: 64, nuisanceDim: 492, options: { batches: { 8: 128, 16: 128, 32: 64, 64: 32 } } },
  synthesise: {
    steps: 200_000,
    batch: 32,
    r1Weight: 5,
    averageHalfLife: 10_000,
    generatorOptimizer: { name: "adam", learningRate: 1e-3, beta1: 0, beta2: 0.99, epsilon: 1e-8 },
    discriminatorOptimizer: { name: "adam", learningRate: 1e-3, beta1: 0, beta2: 0.99, epsilon: 1e-8 },
  },
} as const;
