import { definePlugin } from "@idgan/core";
import { createBetaTcVae } from "./beta-tc-vae.js";
import { options, type BetaTcVaeOptions } from "./options.js";

export type { BetaTcVaeOptions } from "./options.js";

export default definePlugin<BetaTcVaeOptions>({
  kind: "vae",
  name: "@idgan/plugin-betatcvae",
  core: "^0.1.0",
  options,
  build: createBetaTcVae,
});
