import type { NoiseSpec } from "../../contract/noise.js";
import { IdganError } from "../../contract/error.js";
import type { RandomStream } from "./stream.js";

/** The values of a declared noise at a step: what an engine is fed for it. */
export function fillNoise(spec: NoiseSpec, stream: RandomStream, step: number): Float32Array {
  const count = spec.shape.reduce((product, size) => product * size, 1);
  switch (spec.distribution) {
    case "normal":
      return stream.normal(step, count);
    case "uniform":
      return stream.uniform(step, count);
    case "permutation":
      if (spec.shape.length !== 1) {
        throw new IdganError(
          "BACKBONE_INVALID",
          `The noise "${stream.name}" is a permutation of shape [${spec.shape.join(", ")}]. Declare it with one dimension, [n].`,
        );
      }
      return new Float32Array(stream.permutation(step, count));
    default:
      throw new IdganError(
        "BACKBONE_INVALID",
        `The noise "${stream.name}" has the distribution "${String(spec.distribution)}". Declare "normal", "uniform" or "permutation".`,
      );
  }
}
