import { definePlugin } from "@idgan/core";
import { options, type StyleGanOptions } from "./options.js";
import { createStyleGan } from "./style-gan.js";

export type { ByResolution, StyleGanOptions } from "./options.js";

export default definePlugin<StyleGanOptions>({
  kind: "gan",
  name: "@idgan/plugin-stylegan",
  core: "^0.1.0",
  options,
  build: createStyleGan,
});
