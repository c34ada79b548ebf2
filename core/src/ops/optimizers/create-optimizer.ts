import { IdganError } from "../../contract/error.js";
import type { Weights } from "../../contract/weights.js";
import { createAdam } from "./adam.js";
import type { Optimizer, OptimizerSpec } from "./optimizer.js";
import { createRmsprop } from "./rmsprop.js";
import { createSgd } from "./sgd.js";

/** Makes the optimizer of `weights`, with its slots at zero; or one that updates the `slots` of another, which has these weights and more. */
export function createOptimizer(spec: OptimizerSpec, weights: Weights, slots?: Weights): Optimizer {
  switch (spec.name) {
    case "adam":
      return createAdam(spec, weights, slots);
    case "rmsprop":
      return createRmsprop(spec, weights, slots);
    case "sgd":
      return createSgd(spec, weights, slots);
    default:
      throw new IdganError("CONFIG_VALUE", `There is no optimizer "${String(spec.name)}". Use "adam", "rmsprop" or "sgd".`);
  }
}
