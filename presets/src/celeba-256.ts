/** `celeba-64` with a generator of 256x256: configs/celebA-256.yaml. The VAE stays at 64x64, so `encoder.from` may name a run of `celeba-64`. */
export default {
  presets: ["celeba-64"],
  name: "celeba-256",
  gan: { size: 256 },
  synthesise: { batch: 24 },
} as const;
