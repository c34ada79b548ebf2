// Mean mutual information between two latents, label-free, as in disentanglement_lib (Locatello et al. 2019, https://arxiv.org/abs/1811.12359).
import { defineMetric } from "@idgan/core";
import { discretise } from "../numerics/histogram.js";
import type { Matrix } from "../numerics/matrix.js";
import { mutualInformation } from "../numerics/mutual-information.js";
import { drawImages, encodeMeans, requireImages } from "./draw.js";
import { columnsOf } from "./labelled-codes.js";
import { binsOption, trainOption } from "./sample-options.js";
import { latentNames } from "./score-matrix.js";

export interface PairwiseInformation {
  /** Mean over all pairs of two latents, in nats; 0 where there is one latent. */
  readonly value: number;
  /** `[latents][latents]`, 0 on the diagonal. */
  readonly information: readonly (readonly number[])[];
}

export function pairwiseInformation(codes: Matrix, bins: number): PairwiseInformation {
  const binned = columnsOf(codes).map((column) => discretise(column, bins));
  const above = binned.map((a, i) => binned.map((b, j) => (i < j ? mutualInformation(a, b) : 0)));
  const information = above.map((row, i) => row.map((value, j) => (i < j ? value : (above[j]?.[i] ?? 0))));
  const sum = information.flat().reduce((total, value) => total + value, 0);
  return { value: sum / Math.max(codes.columns * (codes.columns - 1), 1), information };
}

export const pairwiseMi = defineMetric({
  name: "pairwise-mi",
  protocol: "locatello2019",
  doc: "Mean mutual information in nats between the means of two latents in a histogram (Locatello 2019).",
  higherIsBetter: false,
  needs: "images",
  options: { train: trainOption, bins: binsOption },
  async measure(measurement, { train, bins }) {
    requireImages(measurement, "pairwise-mi@locatello2019", { train });
    const { value, information } = pairwiseInformation(await encodeMeans(measurement, drawImages(measurement, train, "train")), bins);
    const names = latentNames(measurement.latentDim);
    return {
      value,
      parts: { largest: Math.max(...information.flat()) },
      matrices: [{ title: "Mutual information of two latents (nats)", rows: names, columns: names, values: information }],
      notes: measurement.latentDim === 1 ? ["There is one latent, and no pair: the mean is 0."] : [],
    };
  },
});
