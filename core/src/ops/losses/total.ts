import * as tf from "@tensorflow/tfjs";
import { IdganError } from "../../contract/error.js";
import { totalName, type LossTerm } from "../../contract/loss-term.js";

/**
 * What a stage minimises: the sum of `weight * value` over the minimised terms. A term of weight 0 is left out, and costs no gradient.
 * @throws IdganError BACKBONE_INVALID for what is no list of terms, naming the term.
 */
export function total(terms: readonly LossTerm[]): tf.Scalar {
  if (!Array.isArray(terms)) {
    throw new IdganError("BACKBONE_INVALID", `The loss terms are no list (${typeof terms}). Return an array of { name, value, weight }.`);
  }
  const names = new Set<string>();
  let sum: tf.Scalar | undefined;
  for (const term of terms) {
    check(term, names);
    names.add(term.name);
    if (term.minimise !== false && term.weight !== 0) {
      const weighted = term.weight === 1 ? term.value : tf.mul<tf.Scalar>(term.value, term.weight);
      sum = sum === undefined ? weighted : tf.add<tf.Scalar>(sum, weighted);
    }
  }
  if (sum === undefined) {
    throw new IdganError("BACKBONE_INVALID", `No loss term is minimised (of ${list(names)}). Return one with a weight other than 0.`);
  }
  return sum;
}

function check(term: LossTerm | undefined, names: ReadonlySet<string>): void {
  const { name, value, weight } = term ?? {};
  if (typeof name !== "string" || name === "") {
    throw new IdganError("BACKBONE_INVALID", `Loss term ${names.size + 1} has no name. Return each as { name, value, weight }.`);
  }
  if (name === totalName) {
    throw new IdganError("BACKBONE_INVALID", `A loss term is named "${totalName}", as the sum of all terms is logged. Give it another name.`);
  }
  if (names.has(name)) {
    throw new IdganError("BACKBONE_INVALID", `Two loss terms are named "${name}". Give each term its own name.`);
  }
  if (!(value instanceof tf.Tensor) || value.rank !== 0) {
    throw new IdganError("BACKBONE_INVALID", `The loss term "${name}" is ${describe(value)}. Reduce it to a scalar with tf.mean or tf.sum.`);
  }
  if (typeof weight === "number" ? !Number.isFinite(weight) : !(weight instanceof tf.Tensor) || weight.rank !== 0) {
    const found = typeof weight === "number" ? String(weight) : describe(weight);
    throw new IdganError("BACKBONE_INVALID", `The weight of the loss term "${name}" is ${found}. Use a finite number or a scalar tensor.`);
  }
}

function describe(value: unknown): string {
  return value instanceof tf.Tensor ? `a tensor of shape [${value.shape.join(", ")}]` : `no tensor (${typeof value})`;
}

function list(names: ReadonlySet<string>): string {
  return names.size === 0 ? "none" : [...names].join(", ");
}
