// Disentanglement, completeness, informativeness. Eastwood and Williams 2018, "A framework for the quantitative evaluation of disentangled
// representations", section 2, https://openreview.net/forum?id=By-7dz-AZ; importances by gradient boosted trees, as in disentanglement_lib.
import { defineMetric, defineOptions, positive, positiveInteger } from "@idgan/core";
import { predictClasses } from "../numerics/boosted-trees.js";
import { fitBoostingInWorkers } from "../numerics/boosting-in-workers.js";
import { boostingDefaults, fitBoosting, type BoostingOptions } from "../numerics/gradient-boosting.js";
import { drawLabelled, requireImages, requireVaried } from "./draw.js";
import { openFactors } from "./factor-source.js";
import { allLabelsOf, labelsOf, type LabelledCodes } from "./labelled-codes.js";
import { testOption, trainOption } from "./sample-options.js";
import { factorMatrix, transpose } from "./score-matrix.js";
import { accuracyOf, meanOf } from "../numerics/statistics.js";

export interface Importances {
  /** Share of each latent in the prediction of each factor, `[factors][latents]`. */
  readonly importance: readonly (readonly number[])[];
  /** For each factor, accuracy on the images that the trees were grown from. */
  readonly trainAccuracies: readonly number[];
  /** For each factor, accuracy on others. */
  readonly testAccuracies: readonly number[];
}

export interface SharedOut {
  /** `each`, weighted by how much importance it holds. */
  readonly value: number;
  /** 1 where all importance lies in one place, 0 where it is spread evenly. */
  readonly each: readonly number[];
}

/** Added to every importance before its logarithm. */
const floor = 1e-11;

/** Images times trees from which threads pay, each of which takes about a second to start. Trees are the same either way. */
const worthThreads = 1e7;

/** `names` of the factors key the draws, so that each factor has its own. */
export async function importancesOf(train: LabelledCodes, test: LabelledCodes, names: readonly string[], options: Partial<Omit<BoostingOptions, "stream">>): Promise<Importances> {
  const labels = allLabelsOf(train.factors);
  const tasks = labels.map((each, factor) => ({ labels: each, stream: `metric/dci/boosting/${names[factor] ?? factor}` }));
  const values = labels.reduce((sum, each) => sum + new Set(each).size, 0);
  const isSmall = train.codes.rows * values * (options.stages ?? boostingDefaults.stages) < worthThreads;
  const models = isSmall ? tasks.map((task) => fitBoosting(train.codes, task.labels, { ...options, stream: task.stream })) : await fitBoostingInWorkers(train.codes, tasks, options);
  return {
    importance: models.map(({ featureImportances }) => [...featureImportances]),
    trainAccuracies: models.map(({ fitted }, factor) => accuracyOf(fitted, labels[factor] ?? fitted)),
    testAccuracies: models.map((trees, factor) => accuracyOf(predictClasses(trees, test.codes), labelsOf(test.factors, factor))),
  };
}

/** Σ ρ_i (1 - H_K(P_i)) over the latents i, from `[factors][latents]`. */
export function disentanglementOf(importance: readonly (readonly number[])[]): SharedOut {
  return concentrationOf(transpose(importance));
}

/** Σ ρ_k (1 - H_D(P_k)) over the factors k, from `[factors][latents]`. */
export function completenessOf(importance: readonly (readonly number[])[]): SharedOut {
  return concentrationOf(importance);
}

function concentrationOf(rows: readonly (readonly number[])[]): SharedOut {
  const each = rows.map((row) => 1 - relativeEntropyOf(row));
  const sums = rows.map((row) => row.reduce((sum, value) => sum + value, 0));
  const total = sums.reduce((sum, value) => sum + value, 0);
  const weights = sums.map((sum) => (total === 0 ? 1 / rows.length : sum / total));
  return { value: each.reduce((sum, value, i) => sum + value * (weights[i] ?? 0), 0), each };
}

/** Entropy to the base of the number of places, so that 1 is an even spread; 0 for a single place, which holds everything. */
function relativeEntropyOf(row: readonly number[]): number {
  if (row.length < 2) return 0;
  const total = row.reduce((sum, value) => sum + value + floor, 0);
  return row.reduce((sum, value) => sum - ((value + floor) / total) * Math.log((value + floor) / total), 0) / Math.log(row.length);
}

const name = "dci@locatello2019";

export const dci = defineMetric({
  name: "dci",
  protocol: "locatello2019",
  doc: "Disentanglement by gradient boosted trees, with completeness and informativeness as parts (Eastwood and Williams 2018).",
  higherIsBetter: true,
  needs: "factors",
  options: defineOptions({
    train: trainOption,
    test: testOption,
    trees: { doc: "Rounds of boosting, one tree each for every value of a factor.", format: positiveInteger, default: 100 },
    depth: { doc: "Splits on the way from a tree's root to its leaves.", format: positiveInteger, default: 3 },
    learningRate: { doc: "Share of a tree that enters the sum.", format: positive, default: 0.1 },
  }),
  async measure(measurement, { train, test, trees, depth, learningRate }) {
    const source = openFactors(measurement, name, 2);
    requireImages(measurement, name, { train, test });
    const [seen, unseen] = [await drawLabelled(measurement, source, train, "train"), await drawLabelled(measurement, source, test, "test")];
    requireVaried(name, source, seen);
    const { importance, trainAccuracies, testAccuracies } = await importancesOf(seen, unseen, source.names, { stages: trees, depth, learningRate, seed: measurement.seed });
    const [disentanglement, completeness] = [disentanglementOf(importance), completenessOf(importance)];
    const uncut = source.names.filter((_, factor) => importance[factor]?.every((share) => share === 0));
    return {
      value: disentanglement.value,
      parts: {
        disentanglement: disentanglement.value,
        completeness: completeness.value,
        informativeness: meanOf(testAccuracies),
        informativenessTrain: meanOf(trainAccuracies),
        disentanglementOfLatents: disentanglement.each,
        completenessOfFactors: completeness.each,
        accuracies: testAccuracies,
      },
      matrices: [factorMatrix("Importance of latent for factor (gradient boosted trees)", source.names, importance)],
      notes: [
        ...source.notes,
        ...(uncut.length > 0 ? [`No tree for ${uncut.join(", ")} was cut: every importance for it is 0${uncut.length === source.names.length ? ", and so is the score" : ""}.`] : []),
        ...(measurement.latentDim === 1 ? ["There is one latent: completeness is 1 by definition."] : []),
      ],
    };
  },
});
