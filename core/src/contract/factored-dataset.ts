import type { Dataset } from "./dataset.js";
import { IdganError } from "./error.js";

/** Images whose factors of variation are known. */
export type FactoredDataset = Dataset & Required<Pick<Dataset, "factors" | "factorValues" | "indicesOf">>;

export function hasFactors(dataset: Dataset): dataset is FactoredDataset {
  return (dataset.factors ?? []).length > 0 && dataset.factorValues !== undefined && dataset.indicesOf !== undefined;
}

/** The dataset, for a metric that needs its factors. Throws `METRIC_INPUT` where it has none. */
export function expectFactors(dataset: Dataset): FactoredDataset {
  if (hasFactors(dataset)) return dataset;
  throw new IdganError("METRIC_INPUT", `The images of ${dataset.name} have no known factors of variation. Choose other data with --set data.use=..., or metrics that need none.`);
}
