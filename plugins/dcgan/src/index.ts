import { definePlugin } from "@idgan/core";
import { createDcgan } from "./dcgan.js";
import { options, type DcganOptions } from "./options.js";

export type { DcganOptions } from "./options.js";

export default definePlugin<DcganOptions>({
  kind: "gan",
  name: "@idgan/plugin-dcgan",
  core: "^0.1.0",
  options,
  build: createDcgan,
});
