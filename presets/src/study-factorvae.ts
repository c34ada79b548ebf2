import { base, options, vae } from "./study/base.js";

/** FactorVAE: Kim and Mnih, ICML 2018, with the gamma that they show for 2D shapes, their discriminator and their algorithm 2. */
export default {
  ...base,
  name: "study-factorvae",
  vae: { use: "@idgan/plugin-factorvae", ...vae, options: { ...options, gamma: 35, permutedCodes: "second-batch", hiddenLayers: 6, width: 1000 } },
} as const;
