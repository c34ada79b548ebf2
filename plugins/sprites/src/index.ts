import { boolean, definePlugin } from "@idgan/core";
import { createSprites, type SpritesOptions } from "./sprites.js";

export * from "./factors.js";
export { shapeNames } from "./outline.js";
export * from "./sprites.js";

export default definePlugin<SpritesOptions>({
  kind: "data",
  name: "@idgan/plugin-sprites",
  core: "^0.1.0",
  options: {
    antialias: {
      doc: "Grey edges from the covered part of each pixel; without, a pixel is 1 where its centre is inside, as in dSprites.",
      format: boolean,
      default: false,
    },
  },
  open: async (options, context) => createSprites(options, context.size),
});
