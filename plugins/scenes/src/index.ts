import { definePlugin, nonNegative } from "@idgan/core";
import { createScenes, type ScenesOptions } from "./scenes.js";

export { shapeNames } from "./factors.js";
export * from "./scenes.js";

export default definePlugin<ScenesOptions>({
  kind: "data",
  name: "@idgan/plugin-scenes",
  core: "^0.1.0",
  options: {
    cacheMegabytes: { doc: "Memory for views that were drawn before; all 480 of them take 30 MB at 64 pixels, 480 MB at 256.", format: nonNegative, default: 512 },
  },
  open: async (options, context) => createScenes(options, context.size),
});
