import * as tf from "@tensorflow/tfjs";
import type { Posterior } from "../contract/encoder.js";
import { IdganError } from "../contract/error.js";

/** What `encoder`, as messages call it, returned, where it is a mean and a log variance; of a `shape`, where one is given. */
export function expectPosterior(got: unknown, encoder: string, shape?: readonly number[]): Posterior {
  const invalid = (what: string) => new IdganError("BACKBONE_INVALID", `encode of ${encoder} returned ${what}. Return { mean, logVar }, each [batch, latentDim]${shape === undefined ? "" : `, which is [${shape.join(", ")}] here`}, as splitPosterior does.`);
  if (got instanceof tf.Tensor) throw invalid(`one tensor, of shape [${got.shape.join(", ")}]`);
  if (got instanceof Promise) throw invalid("a promise");
  if (typeof got !== "object" || got === null) throw invalid(`no posterior (${got === null ? "null" : typeof got})`);
  const posterior = got as Readonly<Record<keyof Posterior, unknown>>;
  for (const name of ["mean", "logVar"] as const) {
    const tensor = posterior[name];
    if (!(tensor instanceof tf.Tensor)) throw invalid(`{ ${Object.keys(got).join(", ")} }, without a tensor as ${name}`);
    if (shape !== undefined && !tf.util.arraysEqual(tensor.shape, [...shape])) throw invalid(`a ${name} of shape [${tensor.shape.join(", ")}]`);
  }
  return got as Posterior;
}
