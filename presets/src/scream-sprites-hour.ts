/** `color-sprites-hour` with sprites as negatives in patches of a picture: a background that the VAE blurs, and s must carry. */
export default {
  presets: ["color-sprites-hour"],
  name: "scream-sprites-hour",
  data: { use: "@idgan/plugin-sprites", options: { variant: "scream" } },
} as const;
