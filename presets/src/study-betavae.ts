import { base, options, vae } from "./study/base.js";

/** beta-VAE: Higgins et al., ICLR 2017, with the beta of its 2D shapes. */
export default {
  ...base,
  name: "study-betavae",
  vae: { use: "@idgan/plugin-betavae", ...vae, options: { ...options, beta: 4 } },
} as const;
