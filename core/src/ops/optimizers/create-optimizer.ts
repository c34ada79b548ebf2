import { IdganError } from "../../contract/error.js";
import type { Weights } from "../../contract/weights.js";
import { createAdam } from "./adam.js";
import type { Optimizer, OptimizerSpec } from "./optimizer.js";
import { createRmsprop } from "./rmsprop.js";
import { createSgd } from "./sgd.js";

/** Makes the optimizer of `weights`, with its slots at zero. */
export function createOptimizer(spec: OptimizerSpec, weights: Weights): Optimizer {
  switch (spec.name) {
    case "adam":
      return createAdam(spec, weights);
    case "rmsprop":
      return createRmsprop(spec, weights);
    case "sgd":
      return createSgd(spec, weights);
    default:
      throw new IdganError("CONFIG_VALUE", `There is no optimizer "${String(spec.name)}". Use "adam", "rmsprop" or "sgd".`);
  }
}
