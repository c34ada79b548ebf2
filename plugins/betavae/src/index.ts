import { definePlugin } from "@idgan/core";
import { createBetaVae } from "./beta-vae.js";
import { options, type BetaVaeOptions } from "./options.js";

export type { BetaVaeOptions } from "./options.js";

export default definePlugin<BetaVaeOptions>({
  kind: "vae",
  name: "@idgan/plugin-betavae",
  core: "^0.1.0",
  options,
  build: createBetaVae,
});
