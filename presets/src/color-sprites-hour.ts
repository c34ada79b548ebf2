/**
 * Both stages in half an hour on one core: Color-dSprites' rule at 32x32, a β-TCVAE, and `quickstart`'s GAN with room in s for what no code holds. A quarter of the
 * pixels of `color-sprites`, so that β weighs more; an id term that is heard at once.
 */
export default {
  presets: ["quickstart"],
  name: "color-sprites-hour",
  data: { use: "@idgan/plugin-sprites", options: { variant: "color", rule: "locatello2019" } },
  vae: { use: "@idgan/plugin-betatcvae", size: 32, latentDim: 10, options: { beta: 4, decoder: "bernoulli" } },
  gan: { nuisanceDim: 16 },
  represent: { steps: 5_000 },
  synthesise: { steps: 3_000, averageDecay: 0.998 },
  record: { log: 100, checkpoint: 1_000, pictures: 1_000 },
} as const;
