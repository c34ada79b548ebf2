import { boolean, definePlugin, integerFrom, nullable, oneOf, path } from "@idgan/core";
import { dsprites } from "./dsprites.js";
import { rules, variants } from "./painter.js";
import { openSprites, type SpritesOptions } from "./sprites.js";

export { factors, imageCount } from "./factors.js";
export { shapeNames } from "./outline.js";
export type { Rule, Variant } from "./painter.js";
export * from "./sprites.js";

export default definePlugin<SpritesOptions>({
  kind: "data",
  name: "@idgan/plugin-sprites",
  core: "^0.1.0",
  options: {
    path: { doc: "The published dsprites_ndarray_co1sh3sc6or40x32y32_64x64.npz, or null to draw the sprites.", format: nullable(path), default: null },
    cache: { doc: "Folder for what the published file is unpacked to once (378 MB), or null for IDGAN_CACHE or the system's folder for caches.", format: nullable(path), default: null },
    variant: {
      doc: "White sprites on black (plain), sprites of a random colour (color), random colours around white sprites (noisy), or negatives in patches of a picture (scream).",
      format: oneOf(...variants),
      default: "plain",
    },
    rule: {
      doc: "Whose colours and noise: disentanglement_lib's, from 0.5 up (locatello2019), or those of the official ID-GAN code, eight levels from 0, black among them (official).",
      format: oneOf(...rules),
      default: "locatello2019",
    },
    scream: { doc: "Picture that scream backgrounds are cut from, or null for a procedural texture.", format: nullable(path), default: null },
    draw: { doc: "Number of the draw of colours, noise and patches; the run's seed leaves them alone, so that runs of other seeds see the same images.", format: integerFrom(0), default: 0 },
    antialias: {
      doc: "Grey edges from the covered part of each pixel; without, a pixel is 1 where its centre is inside, as in dSprites.",
      format: boolean,
      default: false,
    },
  },
  known: [dsprites],
  open: openSprites,
});
