// Modularity. Ridgeway and Mozer 2018, "Learning deep disentangled embeddings with the F-statistic loss", section 3.1,
// https://arxiv.org/abs/1802.05312, as disentanglement_lib computes it.
import { defineMetric } from "@idgan/core";
import { drawLabelled, requireImages } from "./draw.js";
import { openFactors } from "./factor-source.js";
import { mutualInformationTable } from "./mig.js";
import { binsOption, trainOption } from "./sample-options.js";
import { factorMatrix, latentNames, transpose } from "./score-matrix.js";
import { meanOf } from "../numerics/statistics.js";

export interface Modularity {
  /** Mean of `each`, dead latents included. */
  readonly value: number;
  /** For each latent 1 - Σ_{k ≠ best} I_k² / (I_best² (K - 1)); 0 for a latent without information. */
  readonly each: readonly number[];
}

/** From mutual informations `[factors][latents]` of at least two factors. */
export function modularityOf(information: readonly (readonly number[])[]): Modularity {
  const each = transpose(information).map((row) => {
    const squares = row.map((value) => value * value);
    const best = Math.max(...squares);
    const rest = squares.reduce((sum, value) => sum + value, 0) - best;
    return best === 0 ? 0 : 1 - rest / (best * (squares.length - 1));
  });
  return { value: meanOf(each), each };
}

export const modularity = defineMetric({
  name: "modularity",
  protocol: "locatello2019",
  doc: "Modularity (Ridgeway and Mozer 2018): whether each latent is informative of one factor only.",
  higherIsBetter: true,
  needs: "factors",
  options: { train: trainOption, bins: binsOption },
  async measure(measurement, { train, bins }) {
    const source = openFactors(measurement, "modularity@locatello2019", 2);
    requireImages(measurement, "modularity@locatello2019", { train });
    const information = mutualInformationTable(await drawLabelled(measurement, source, train, "train"), bins);
    const { value, each } = modularityOf(information);
    const dead = latentNames(each.length).filter((_, latent) => information.every((row) => row[latent] === 0));
    return {
      value,
      parts: { latents: each },
      matrices: [factorMatrix("Mutual information of factor and latent (nats)", source.names, information)],
      notes: [...source.notes, ...(dead.length > 0 ? [`${dead.join(", ")} carry no information and count as 0, as the protocol has it.`] : [])],
    };
  },
});
