import { definePlugin } from "@idgan/core";
import { createDipVae } from "./dip-vae.js";
import { options, type DipVaeOptions } from "./options.js";

export type { DipVaeOptions } from "./options.js";

export default definePlugin<DipVaeOptions>({
  kind: "vae",
  name: "@idgan/plugin-dipvae",
  core: "^0.1.0",
  options,
  build: createDipVae,
});
