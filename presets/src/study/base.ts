/**
 * What all runs of the study share: the training of disentanglement_lib (Locatello et al., ICML 2019, https://arxiv.org/abs/1811.12359: batch 64, ten
 * latents, Adam 1e-4, 300,000 updates, Adam (0.5, 0.9) for FactorVAE's discriminator), and for the rest `dsprites`, its data and its stage 2 included.
 */
export const base = {
  presets: ["dsprites"],
  represent: {
    steps: 300_000,
    batch: 64,
    optimizer: { name: "adam", learningRate: 1e-4, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    adversaryOptimizer: { name: "adam", learningRate: 1e-4, beta1: 0.5, beta2: 0.9, epsilon: 1e-8 },
  },
} as const;

/** The networks and the reconstruction, alike in all of them. He's first weights, which part the images' codes at once. */
export const vae = { size: 64, latentDim: 10 } as const;
export const options = { decoder: "bernoulli", reduction: "sum", initialisation: "he" } as const;
