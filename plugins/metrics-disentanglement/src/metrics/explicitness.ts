// Explicitness. Ridgeway and Mozer 2018, "Learning deep disentangled embeddings with the F-statistic loss", section 3.2,
// https://arxiv.org/abs/1802.05312: area under the ROC curve of logistic regression from all latents to one factor, as in disentanglement_lib.
import { defineMetric, defineOptions, positive } from "@idgan/core";
import { fitLogistic, probabilitiesOf } from "../numerics/logistic-regression.js";
import { columnOf, matrixOf, type Matrix } from "../numerics/matrix.js";
import { rocAuc } from "../numerics/roc-auc.js";
import { drawLabelled, requireImages } from "./draw.js";
import { openFactors } from "./factor-source.js";
import { allLabelsOf, columnsOf, labelsOf, type LabelledCodes } from "./labelled-codes.js";
import { testOption, trainOption } from "./sample-options.js";
import { isConstant, meanOf, varianceOf } from "./statistics.js";

/** Scikit-learn's, of the gradient: beyond it the fifth digit of an area moves. */
const tolerance = 1e-4;

export interface Explicitness {
  /** Mean of `each`. */
  readonly value: number;
  /** For each factor, on test images, the mean over its values. */
  readonly each: readonly number[];
  /** The same on the images that the regression was fitted to. */
  readonly train: readonly number[];
}

export function explicitnessOf(train: LabelledCodes, test: LabelledCodes, C: number): Explicitness {
  const [seen, unseen] = standardise(train.codes, test.codes);
  const fitted = allLabelsOf(train.factors).map((labels, factor) => {
    const regression = fitLogistic(seen, labels, { C, tolerance });
    const areaOn = (codes: Matrix, answers: Int32Array): number => meanArea(regression.classes, matrixOf(probabilitiesOf(regression, codes), regression.classes.length), answers);
    return { seen: areaOn(seen, labels), unseen: areaOn(unseen, labelsOf(test.factors, factor)) };
  });
  const each = fitted.map((areas) => areas.unseen);
  return { value: meanOf(each), each, train: fitted.map((areas) => areas.seen) };
}

/** Mean over the values that some of the images have and some have not; the curve of others is undefined. 1/2 where there is no such value. */
function meanArea(classes: Int32Array, probabilities: Matrix, answers: Int32Array): number {
  const areas = [...classes].flatMap((value, column) => {
    const positives = answers.reduce((count, answer) => count + (answer === value ? 1 : 0), 0);
    return positives === 0 || positives === answers.length ? [] : [rocAuc(columnOf(probabilities, column), (sample) => answers[sample] === value)];
  });
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
    const source = openFactors(measurement, "explicitness@locatello2019");
    requireImages(measurement, "explicitness@locatello2019", { train, test });
    const [seen, unseen] = [await drawLabelled(measurement, source, train, "train"), await drawLabelled(measurement, source, test, "test")];
    const result = explicitnessOf(seen, unseen, c);
    return { value: result.value, parts: { factors: result.each, train: meanOf(result.train) }, notes: source.notes };
  },
});
