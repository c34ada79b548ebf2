// Active units. Burda, Grosse and Salakhutdinov 2016, "Importance weighted autoencoders", section 5, https://arxiv.org/abs/1509.00519.
import { defineMetric, defineOptions, nonNegative } from "@idgan/core";
import type { Matrix } from "../numerics/matrix.js";
import { drawImages, encodeMeans } from "./draw.js";
import { columnsOf } from "./labelled-codes.js";
import { trainOption } from "./sample-options.js";
import { varianceOf } from "../numerics/statistics.js";

export interface ActiveUnits {
  /** How many latents are active. */
  readonly value: number;
  /** Variance over images of each latent's mean. */
  readonly variances: readonly number[];
}

/** From means of q(c|x): a latent is active if its variance over images exceeds `threshold`. */
export function activeUnitsOf(means: Matrix, threshold: number): ActiveUnits {
  const variances = columnsOf(means).map((column) => varianceOf(column, 0));
  return { value: variances.filter((variance) => variance > threshold).length, variances };
}

export const activeUnits = defineMetric({
  name: "active-units",
  protocol: "burda2016",
  doc: "How many latents' means vary over images by more than 0.01 (Burda 2016).",
  higherIsBetter: null,
  needs: "images",
  options: defineOptions({
    train: trainOption,
    threshold: { doc: "Variance above which a latent is active.", format: nonNegative, default: 0.01 },
  }),
  async measure(measurement, { train, threshold }) {
    const { name, size } = measurement.dataset;
    // The paper fixes no number of images, so that a small dataset is taken whole instead of refused.
    const indices = train <= size ? drawImages(measurement, train, "train") : Uint32Array.from({ length: size }, (_, image) => image);
    const { value, variances } = activeUnitsOf(await encodeMeans(measurement, indices), threshold);
    return { value, parts: { variances }, notes: train <= size ? [] : [`${name} has ${size} images, fewer than ${train}: each was taken once.`] };
  },
});
