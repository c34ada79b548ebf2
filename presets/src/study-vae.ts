import { base, options, vae } from "./study/base.js";

/** The VAE: Kingma and Welling, ICLR 2014. The measure of what the others gain, and what they give up for it. */
export default {
  ...base,
  name: "study-vae",
  vae: { use: "@idgan/plugin-betavae", ...vae, options: { ...options, beta: 1 } },
} as const;
