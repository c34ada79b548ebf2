import { base, options, vae } from "./study/base.js";

/** beta-TCVAE: Chen et al., NeurIPS 2018, with the beta and the estimator of their experiments. */
export default {
  ...base,
  name: "study-betatcvae",
  vae: { use: "@idgan/plugin-betatcvae", ...vae, options: { ...options, alpha: 1, beta: 6, gamma: 1, estimator: "weighted" } },
} as const;
