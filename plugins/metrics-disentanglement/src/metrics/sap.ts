// Separated attribute predictability. Kumar et al. 2018, "Variational inference of disentangled latent concepts from unlabeled observations",
// section 3, https://openreview.net/forum?id=H1kG7GZAW; classes by linear support vector machines, as in disentanglement_lib.
import { boolean, defineMetric, defineOptions, positive } from "@idgan/core";
import { pearsonCorrelation } from "../numerics/correlation.js";
import { fitLinearSvm } from "../numerics/linear-svm.js";
import { drawLabelled, requireImages, requireVaried } from "./draw.js";
import { openFactors } from "./factor-source.js";
import { allLabelsOf, columnsOf, type LabelledCodes } from "./labelled-codes.js";
import { testOption, trainOption } from "./sample-options.js";
import { factorMatrix, gapOf, oneLatentNote } from "./score-matrix.js";
import { accuracyOf, meanOf, varianceOf } from "../numerics/statistics.js";

/** Variance of a latent above which its correlation is taken, as in disentanglement_lib. */
const leastVariance = 1e-12;

export interface Separation {
  /** Mean of `gaps`. */
  readonly value: number;
  /** For each factor, how much better its best latent predicts it than the second best. */
  readonly gaps: readonly number[];
  /** How well one latent alone predicts one factor, `[factors][latents]`. */
  readonly scores: readonly (readonly number[])[];
}

/** Scores are accuracies on `test` of linear classifiers that see one latent each. */
export function separationOfClasses(train: LabelledCodes, test: LabelledCodes, C: number): Separation {
  const [seen, unseen] = [columnsOf(train.codes), columnsOf(test.codes)];
  const answers = allLabelsOf(test.factors);
  const accuracy = (labels: Int32Array, factor: number, column: Float64Array, latent: number): number => {
    const classifier = fitLinearSvm(column, labels, { C, balanced: true });
    return accuracyOf(classifier.predict(unseen[latent] ?? column), answers[factor] ?? labels);
  };
  return separationOf(allLabelsOf(train.factors).map((labels, factor) => seen.map((column, latent) => accuracy(labels, factor, column, latent))));
}

/** Scores are squared correlations of a latent with a factor whose values are taken as numbers; 0 for a latent that hardly varies. */
export function separationOfNumbers({ codes, factors }: LabelledCodes): Separation {
  const columns = columnsOf(codes);
  const varies = columns.map((column) => varianceOf(column, 1) > leastVariance);
  return separationOf(allLabelsOf(factors).map((values) => columns.map((column, latent) => (varies[latent] === true ? pearsonCorrelation(column, values) ** 2 : 0))));
}

function separationOf(scores: readonly (readonly number[])[]): Separation {
  const gaps = scores.map(gapOf);
  return { value: meanOf(gaps), gaps, scores };
}

export const sap = defineMetric({
  name: "sap",
  protocol: "locatello2019",
  doc: "Separated attribute predictability (Kumar 2018): how much better the best latent predicts a factor than the second best.",
  higherIsBetter: true,
  needs: "factors",
  options: defineOptions({
    train: trainOption,
    test: testOption,
    c: { doc: "LIBLINEAR's C: weight of the errors against the size of the linear classifier's weights.", format: positive, default: 0.01 },
    continuous: { doc: "Take the factors' values as numbers, and squared correlations as scores, instead of classes.", format: boolean, default: false },
  }),
  async measure(measurement, { train, test, c, continuous }) {
    const source = openFactors(measurement, "sap@locatello2019");
    requireImages(measurement, "sap@locatello2019", continuous ? { train } : { train, test });
    const seen = await drawLabelled(measurement, source, train, "train");
    if (!continuous) requireVaried("sap@locatello2019", source, seen);
    const { value, gaps, scores } = continuous ? separationOfNumbers(seen) : separationOfClasses(seen, await drawLabelled(measurement, source, test, "test"), c);
    return {
      value,
      parts: { gaps },
      matrices: [factorMatrix(continuous ? "Squared correlation of factor and latent" : "Accuracy of one latent for one factor", source.names, scores)],
      notes: [...source.notes, ...(measurement.latentDim === 1 ? [oneLatentNote] : [])],
    };
  },
});
