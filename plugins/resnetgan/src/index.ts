import { definePlugin } from "@idgan/core";
import { options, type ResnetGanOptions } from "./options.js";
import { createResnetGan } from "./resnet-gan.js";

export type { ResnetGanOptions } from "./options.js";

export default definePlugin<ResnetGanOptions>({
  kind: "gan",
  name: "@idgan/plugin-resnetgan",
  core: "^0.1.0",
  options,
  build: createResnetGan,
});
