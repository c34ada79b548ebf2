// Label-free scores of the means' covariance, as in disentanglement_lib (Locatello et al. 2019, https://arxiv.org/abs/1811.12359):
// how far the Gaussian with this covariance lies from the one with the same variances and no covariances.
import { defineMetric, type Measurement } from "@idgan/core";
import { covarianceOf, type SymmetricMatrix } from "../numerics/covariance.js";
import { matrixOf } from "../numerics/matrix.js";
import { eigenOf } from "../numerics/symmetric-eigen.js";
import { drawImages, encodeMeans, requireImages } from "./draw.js";
import { columnsOf } from "./labelled-codes.js";
import { trainOption } from "./sample-options.js";
import { latentNames } from "./score-matrix.js";
import { isConstant } from "../numerics/statistics.js";

/** Least eigenvalue of a correlation matrix that is believed: below it, rounding decides. */
const least = 1e-12;

export interface TotalCorrelation {
  /** -1/2 log det of the correlation matrix, in nats. */
  readonly value: number;
  /** Whether a latent is a linear function of the others, so that the true value is infinite and eigenvalues of 1e-12 stand for 0. */
  readonly isSingular: boolean;
}

/** KL between the two Gaussians, from a covariance matrix without zeros on its diagonal. */
export function gaussianTotalCorrelation(covariance: SymmetricMatrix): TotalCorrelation {
  const spectrum = eigenOf(scaled(covariance, (i, j) => 1 / Math.sqrt(at(covariance, i, i) * at(covariance, j, j)))).values;
  const value = spectrum.reduce((sum, eigenvalue) => sum - 0.5 * Math.log(Math.max(eigenvalue, least)), 0);
  return { value: Math.max(0, value), isSingular: spectrum.some((eigenvalue) => eigenvalue < least) };
}

/** Squared 2-Wasserstein distance between the two Gaussians: 2 tr Σ - 2 tr (D^½ Σ D^½)^½, where D is the diagonal of Σ. */
export function wassersteinCorrelation(covariance: SymmetricMatrix): number {
  const spectrum = eigenOf(scaled(covariance, (i, j) => Math.sqrt(at(covariance, i, i) * at(covariance, j, j)))).values;
  const roots = spectrum.reduce((sum, eigenvalue) => sum + Math.sqrt(Math.max(eigenvalue, 0)), 0);
  return Math.max(0, 2 * traceOf(covariance) - 2 * roots);
}

export function traceOf(square: SymmetricMatrix): number {
  return Array.from({ length: square.size }, (_, i) => at(square, i, i)).reduce((sum, value) => sum + value, 0);
}

function scaled(square: SymmetricMatrix, factor: (i: number, j: number) => number): SymmetricMatrix {
  const { size, values } = square;
  return { size, values: values.map((value, place) => value * factor(Math.floor(place / size), place % size)) };
}

function at({ size, values }: SymmetricMatrix, row: number, column: number): number {
  return values[row * size + column] ?? 0;
}

/** Covariance (over n - 1) of the latents that vary; `undefined` where none does. A constant latent is independent of all others. */
async function drawCovariance(measurement: Measurement, score: string, train: number): Promise<{ readonly covariance: SymmetricMatrix | undefined; readonly notes: readonly string[] }> {
  requireImages(measurement, score, { train });
  const columns = columnsOf(await encodeMeans(measurement, drawImages(measurement, train, "train")));
  const varied = columns.filter((column) => !isConstant(column));
  const constant = latentNames(columns.length).filter((_, latent) => !varied.includes(columns[latent] as Float64Array));
  const rows = Float64Array.from({ length: train * varied.length }, (_, place) => varied[place % varied.length]?.[Math.floor(place / varied.length)] ?? 0);
  return {
    covariance: varied.length === 0 ? undefined : covarianceOf(matrixOf(rows, varied.length)),
    notes: constant.length > 0 ? [`${constant.join(", ")} are constant, and were left out.`] : [],
  };
}

export const gaussianTc = defineMetric({
  name: "gaussian-tc",
  protocol: "locatello2019",
  doc: "Total correlation in nats of a Gaussian with the covariance of the means of q(c|x) (Locatello 2019).",
  higherIsBetter: false,
  needs: "images",
  options: { train: trainOption },
  async measure(measurement, { train }) {
    const { covariance, notes } = await drawCovariance(measurement, "gaussian-tc@locatello2019", train);
    const { value, isSingular } = covariance ? gaussianTotalCorrelation(covariance) : { value: 0, isSingular: false };
    const singular = "A latent is a linear function of the others: the true value is infinite, and eigenvalues below 1e-12 were taken as 1e-12.";
    return { value, parts: { latents: covariance?.size ?? 0 }, notes: isSingular ? [...notes, singular] : notes };
  },
});

export const wasserstein = defineMetric({
  name: "wasserstein-correlation",
  protocol: "locatello2019",
  doc: "Squared Wasserstein distance between Gaussians with and without the covariances of the means of q(c|x) (Locatello 2019).",
  higherIsBetter: false,
  needs: "images",
  options: { train: trainOption },
  async measure(measurement, { train }) {
    const { covariance, notes } = await drawCovariance(measurement, "wasserstein-correlation@locatello2019", train);
    const value = covariance ? wassersteinCorrelation(covariance) : 0;
    return { value, parts: { normalised: covariance ? value / traceOf(covariance) : 0 }, notes };
  },
});

export const wassersteinNormalised = defineMetric({
  name: "wasserstein-correlation-normalised",
  protocol: "locatello2019",
  doc: "The Wasserstein correlation over the sum of the means' variances, so that a scale of all latents does not count (Locatello 2019).",
  higherIsBetter: false,
  needs: "images",
  options: { train: trainOption },
  async measure(measurement, { train }) {
    const { covariance, notes } = await drawCovariance(measurement, "wasserstein-correlation-normalised@locatello2019", train);
    const raw = covariance ? wassersteinCorrelation(covariance) : 0;
    return { value: covariance ? raw / traceOf(covariance) : 0, parts: { raw }, notes };
  },
});
