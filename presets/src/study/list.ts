/** One model of the study. */
export interface StudyEntry {
  /** Name of the preset. */
  readonly preset: string;
  readonly model: string;
  /** The weights that make it this model, as its paper writes them. */
  readonly setting: string;
  readonly paper: string;
  readonly url: string;
}

/** The models that are compared with one another, in the order of their tables. */
export const study: readonly StudyEntry[] = [
  { preset: "study-vae", model: "VAE", setting: "β = 1", paper: "Kingma and Welling 2014", url: "https://arxiv.org/abs/1312.6114" },
  { preset: "study-betavae", model: "β-VAE", setting: "β = 4", paper: "Higgins et al. 2017", url: "https://openreview.net/forum?id=Sy2fzU9gl" },
  { preset: "study-factorvae", model: "FactorVAE", setting: "γ = 35", paper: "Kim and Mnih 2018", url: "https://arxiv.org/abs/1802.05983" },
  { preset: "study-betatcvae", model: "β-TCVAE", setting: "α = γ = 1, β = 6", paper: "Chen et al. 2018", url: "https://arxiv.org/abs/1802.04942" },
  { preset: "study-dipvae", model: "DIP-VAE II", setting: "λ_od = λ_d = 10", paper: "Kumar et al. 2018", url: "https://arxiv.org/abs/1711.00848" },
];
