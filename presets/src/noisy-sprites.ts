/** Noisy-dSprites' rule of disentanglement_lib on rendered sprites: `dsprites` in three channels. */
export default {
  presets: ["dsprites"],
  name: "noisy-sprites",
  data: { use: "@idgan/plugin-sprites", options: { variant: "noisy", rule: "locatello2019" } },
} as const;
