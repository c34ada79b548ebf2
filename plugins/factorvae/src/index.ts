import { definePlugin } from "@idgan/core";
import { createFactorVae } from "./factor-vae.js";
import { options, type FactorVaeOptions } from "./options.js";

export type { FactorVaeOptions } from "./options.js";

export default definePlugin<FactorVaeOptions>({
  kind: "vae",
  name: "@idgan/plugin-factorvae",
  core: "^0.1.0",
  options,
  build: createFactorVae,
});
