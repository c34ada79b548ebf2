/** Color-dSprites' rule of disentanglement_lib on rendered sprites: `dsprites` in three channels. */
export default {
  presets: ["dsprites"],
  name: "color-sprites",
  data: { use: "@idgan/plugin-sprites", options: { variant: "color", rule: "locatello2019" } },
} as const;
