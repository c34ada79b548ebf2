import type * as tf from "@tensorflow/tfjs";
import type { FrozenEncoder } from "../contract/encoder.js";
import { batchShape } from "../contract/image-space.js";
import { reparameterise } from "../ops/losses/gaussian-posterior.js";

/**
 * Where stage 2's codes come from. `paired`: c ~ q(c|x) for the very images that the discriminator sees as real, as the official code does.
 * `shuffled`: c ~ q(c|x) for an independent batch, the aggregated posterior without the pairing. `mean`: the posterior's mean, without its
 * noise. `prior`: N(0, I), the baseline in which nothing of the data reaches the code.
 */
export type CodeSource = "paired" | "shuffled" | "prior" | "mean";

/** Inputs of the update that draw c, by source. */
export function codeInputs(source: CodeSource, teacher: FrozenEncoder, batch: number): Record<string, readonly number[]> {
  return {
    ...(source === "mean" ? {} : { epsilon: [batch, teacher.latentDim] }),
    ...(source === "shuffled" ? { codeImages: batchShape(teacher.input, batch) } : {}),
  };
}

/** c `[batch, latentDim]`; it is drawn outside of any gradient's scope, so none reaches the encoder. */
export function drawCode(source: CodeSource, teacher: FrozenEncoder, inputs: Readonly<Record<string, tf.Tensor>>): tf.Tensor2D {
  const epsilon = inputs["epsilon"] as tf.Tensor2D;
  if (source === "prior") return epsilon;
  const posterior = teacher.encode(inputs[source === "shuffled" ? "codeImages" : "real"] as tf.Tensor4D);
  return source === "mean" ? posterior.mean : reparameterise(posterior, epsilon);
}
