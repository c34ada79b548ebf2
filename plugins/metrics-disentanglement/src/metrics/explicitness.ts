// Explicitness. Ridgeway and Mozer 2018, "Learning deep disentangled embeddings with the F-statistic loss", section 3.2,
// https://arxiv.org/abs/1802.05312: area under the ROC curve of logistic regression from all latents to one factor, as in disentanglement_lib.
import { defineMetric, defineOptions, positive } from "@idgan/core";
import { fitLogistic, probabilitiesOf } from "../numerics/logistic-regression.js";
import { columnOf, matrixOf, type Matrix } from "../numerics/matrix.js";
import { rocAuc } from "../numerics/roc-auc.js";
import { drawLabelled, requireImages, requireVaried } from "./draw.js";
import { openFactors } from "./factor-source.js";
import { allLabelsOf, columnsOf, labelsOf, type LabelledCodes } from "./labelled-codes.js";
import { testOption, trainOption } from "./sample-options.js";
import { isConstant, meanOf, varianceOf } from "../numerics/statistics.js";

/** Scikit-learn's, of the gradient: beyond it the fifth digit of an area moves. */
const tolerance = 1e-4;

export interface Explicitness {
  /** Mean of `each`. */
  readonly value: number;
  /** For each factor, on test images, the mean over its values. */
  readonly each: readonly number[];
  /** For each factor, how many of its values in training have a curve on the test images, and how many have none. */
  readonly curves: readonly { readonly drawn: number; readonly missing: number }[];
  /** The same as `each` on the images that the regression was fitted to. */
  readonly train: readonly number[];
}

export function explicitnessOf(train: LabelledCodes, test: LabelledCodes, C: number): Explicitness {
  const [seen, unseen] = standardise(train.codes, test.codes);
  const fitted = allLabelsOf(train.factors).map((labels, factor) => {
    const regression = fitLogistic(seen, labels, { C, tolerance });
    const areasOn = (codes: Matrix, answers: Int32Array): readonly number[] => areasOf(regression.classes, matrixOf(probabilitiesOf(regression, codes), regression.classes.length), answers);
    return { seen: areasOn(seen, labels), unseen: areasOn(unseen, labelsOf(test.factors, factor)), values: regression.classes.length };
  });
  const each = fitted.map(({ unseen: areas }) => meanArea(areas));
  const curves = fitted.map(({ unseen: { length }, values }) => ({ drawn: length, missing: values - length }));
  return { value: meanOf(each), each, curves, train: fitted.map(({ seen: areas }) => meanArea(areas)) };
}

/** Of each value that some of the images have and some have not; the curve of others is undefined. */
function areasOf(classes: Int32Array, probabilities: Matrix, answers: Int32Array): readonly number[] {
  return [...classes].flatMap((value, column) => {
    const positives = answers.reduce((count, answer) => count + (answer === value ? 1 : 0), 0);
    return positives === 0 || positives === answers.length ? [] : [rocAuc(columnOf(probabilities, column), (sample) => answers[sample] === value)];
  });
}

/** 1/2, as of chance, where there is no curve. */
function meanArea(areas: readonly number[]): number {
  return areas.length === 0 ? 0.5 : meanOf(areas);
}

/** Both by mean and deviation of the first; a constant latent becomes 0. */
function standardise(train: Matrix, test: Matrix): readonly [Matrix, Matrix] {
  const scales = columnsOf(train).map((column) => ({ mean: meanOf(column), deviation: isConstant(column) ? Infinity : Math.sqrt(varianceOf(column, 0)) }));
  const apply = ({ values, columns }: Matrix): Matrix =>
    matrixOf(
      Float64Array.from(values, (value, i) => {
        const { mean, deviation } = scales[i % columns] ?? { mean: 0, deviation: 1 };
        return (value - mean) / deviation;
      }),
      columns,
    );
  return [apply(train), apply(test)];
}

/** Where values have no curve. */
function curveNotes(names: readonly string[], { curves }: Explicitness): readonly string[] {
  return names.flatMap((factor, place) => {
    const { drawn, missing } = curves[place] ?? { drawn: 0, missing: 0 };
    if (drawn === 0) return [`No value of ${factor} has a ROC curve on the test images: its explicitness counts as 0.5.`];
    return missing > 0 ? [`The test images lack ${missing} of the ${drawn + missing} values of ${factor}, which were left out of its mean.`] : [];
  });
}

const name = "explicitness@locatello2019";

export const explicitness = defineMetric({
  name: "explicitness",
  protocol: "locatello2019",
  doc: "Explicitness (Ridgeway and Mozer 2018): how well logistic regression on all latents tells each value of a factor from the others.",
  higherIsBetter: true,
  needs: "factors",
  options: defineOptions({
    train: trainOption,
    test: testOption,
    c: { doc: "scikit-learn's C: inverse strength of the regression's L2 penalty.", format: positive, default: 1 },
  }),
  async measure(measurement, { train, test, c }) {
    const source = openFactors(measurement, name);
    requireImages(measurement, name, { train, test });
    const [seen, unseen] = [await drawLabelled(measurement, source, train, "train"), await drawLabelled(measurement, source, test, "test")];
    requireVaried(name, source, seen);
    const result = explicitnessOf(seen, unseen, c);
    return { value: result.value, parts: { factors: result.each, train: meanOf(result.train) }, notes: [...source.notes, ...curveNotes(source.names, result)] };
  },
});
