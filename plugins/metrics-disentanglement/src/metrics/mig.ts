// Mutual information gap (Chen et al. 2018, https://arxiv.org/abs/1802.04942) as disentanglement_lib estimates it: means in bins of a histogram.
import { defineMetric } from "@idgan/core";
import { entropyOf, mutualInformation } from "../numerics/mutual-information.js";
import { discretise } from "../numerics/histogram.js";
import { drawLabelled, requireImages } from "./draw.js";
import { openFactors } from "./factor-source.js";
import { allLabelsOf, columnsOf, type LabelledCodes } from "./labelled-codes.js";
import { binsOption, trainOption } from "./sample-options.js";
import { factorMatrix, gapOf, oneLatentNote, oneValueNotes } from "./score-matrix.js";
import { meanOf } from "../numerics/statistics.js";

export interface MutualInformationGap {
  /** Mean of `gaps`. */
  readonly value: number;
  /** For each factor the gap between its two most informative latents over its entropy; 0 where it has one value in the sample. */
  readonly gaps: readonly number[];
  /** Nats, for each factor. */
  readonly entropies: readonly number[];
  /** I(bin of latent; factor) in nats, `[factors][latents]`. */
  readonly information: readonly (readonly number[])[];
}

export function mutualInformationGap(sample: LabelledCodes, bins: number): MutualInformationGap {
  const information = mutualInformationTable(sample, bins);
  const entropies = allLabelsOf(sample.factors).map(entropyOf);
  const gaps = information.map((row, factor) => gapOverEntropy(row, entropies[factor] ?? 0));
  return { value: meanOf(gaps), gaps, entropies, information };
}

/** Plug-in mutual information of each binned latent and each factor in nats, `[factors][latents]`. */
export function mutualInformationTable({ codes, factors }: LabelledCodes, bins: number): readonly (readonly number[])[] {
  const binned = columnsOf(codes).map((column) => discretise(column, bins));
  return allLabelsOf(factors).map((labels) => binned.map((column) => mutualInformation(labels, column)));
}

/** Without entropy there is nothing to tell, and no gap. */
export function gapOverEntropy(information: readonly number[], entropy: number): number {
  return entropy > 0 ? gapOf(information) / entropy : 0;
}

export const mig = defineMetric({
  name: "mig",
  protocol: "locatello2019",
  doc: "Mutual information gap (Chen 2018) of the means of q(c|x) in a histogram, as in disentanglement_lib (Locatello 2019).",
  higherIsBetter: true,
  needs: "factors",
  options: { train: trainOption, bins: binsOption },
  async measure(measurement, { train, bins }) {
    const source = openFactors(measurement, "mig@locatello2019");
    requireImages(measurement, "mig@locatello2019", { train });
    const { value, gaps, entropies, information } = mutualInformationGap(await drawLabelled(measurement, source, train, "train"), bins);
    return {
      value,
      parts: { gaps, entropies },
      matrices: [factorMatrix("Mutual information of factor and latent (nats)", source.names, information)],
      notes: [...source.notes, ...oneValueNotes(source.names, entropies), ...(measurement.latentDim === 1 ? [oneLatentNote] : [])],
    };
  },
});
