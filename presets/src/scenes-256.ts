/** The same rooms at 256 pixels: the VAE of `scenes` at 64, and the residual GAN of `celeba-256`, so that the large colour path has factors to be measured by. */
export default {
  presets: ["celeba-256"],
  name: "scenes-256",
  data: { use: "@idgan/plugin-scenes" },
  vae: { latentDim: 10, options: { beta: 4 } },
} as const;
