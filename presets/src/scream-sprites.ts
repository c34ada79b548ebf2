/** Scream-dSprites' rule on rendered sprites, over a procedural texture until `--set data.options.scream=PATH` names a picture of The Scream: `dsprites` in three channels. */
export default {
  presets: ["dsprites"],
  name: "scream-sprites",
  data: { use: "@idgan/plugin-sprites", options: { variant: "scream" } },
} as const;
