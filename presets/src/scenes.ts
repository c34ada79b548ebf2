/**
 * Rendered rooms with known factors in colour at 64x64, in the spirit of 3D Shapes: networks and training of `dsprites` with a Gaussian decoder, c of 10 and an s of 16.
 * `--set gan.size=128` keeps the VAE at 64 pixels, whose encoder then reads the generator's images averaged down.
 */
export default {
  presets: ["dsprites"],
  name: "scenes",
  data: { use: "@idgan/plugin-scenes" },
  vae: { options: { beta: 4, decoder: "gaussian", initialisation: "he" } },
  gan: { nuisanceDim: 16 },
  synthesise: { idWeight: 1e-3 },
} as const;
