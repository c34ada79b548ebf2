import { base, options, vae } from "./study/base.js";

/** DIP-VAE II: Kumar et al., ICLR 2018, equal weights as there; 10 lies in the middle of what disentanglement_lib sweeps, 1 to 50. */
export default {
  ...base,
  name: "study-dipvae",
  vae: { use: "@idgan/plugin-dipvae", ...vae, options: { ...options, type: "ii", lambdaOd: 10, lambdaD: 10 } },
} as const;
