/**
 * Fashion-MNIST, or another set of MNIST's family, in grey at 32x32: `idgan train fashion-mnist --set data.options.path=PATH/train-images-idx3-ubyte.gz`.
 * `quickstart`'s GAN and players, and a β-VAE. β is small, for garments differ in more ways than sprites, and s has room for cloth and print, which no code of 10 holds.
 */
export default {
  presets: ["quickstart"],
  name: "fashion-mnist",
  data: { use: "@idgan/plugin-data-arrays", options: { channels: 1 } },
  vae: { use: "@idgan/plugin-betavae", options: { beta: 2, decoder: "bernoulli" } },
  gan: { nuisanceDim: 16 },
  represent: { steps: 8_000, optimizer: { learningRate: 5e-4 } },
  synthesise: { steps: 5_000, averageDecay: 0.998 },
  record: { log: 100, checkpoint: 500, pictures: 1_000 },
} as const;
