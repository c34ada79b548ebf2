import type * as tf from "@tensorflow/tfjs";
import type { FrozenEncoder } from "../contract/encoder.js";
import { batchShape } from "../contract/image-space.js";
import { reparameterise } from "../ops/losses/gaussian-posterior.js";
import { leastSize } from "./shrink.js";

/**
 * Where stage 2's codes come from. `paired`: c ~ q(c|x) for the very images that the discriminator sees as real, as the official code does.
 * `shuffled`: c ~ q(c|x) for an independent batch, the aggregated posterior without the pairing. `mean`: the posterior's mean, without its
 * noise. `prior`: N(0, I), the baseline in which nothing of the data reaches the code.
 */
export type CodeSource = "paired" | "shuffled" | "prior" | "mean";

/** How large the images are that codes are drawn from, where the discriminator's own do not serve; `resolution` is theirs while a GAN grows. */
export function codeImageSize(source: CodeSource, teacher: FrozenEncoder, resolution?: number): number | undefined {
  const { input, native } = teacher;
  if (source === "prior") return undefined;
  if (resolution === undefined) return source === "shuffled" ? input.height : undefined;
  const size = leastSize(input, native.height);
  // Images that fade in are blurred below half their size, so of twice the encoder's they still hold all that it sees.
  return source === "shuffled" || resolution < 2 * size ? size : undefined;
}

/** Inputs of the update that draw c, by source. */
export function codeInputs(source: CodeSource, teacher: FrozenEncoder, batch: number, resolution?: number): Record<string, readonly number[]> {
  const size = codeImageSize(source, teacher, resolution);
  return {
    ...(source === "mean" ? {} : { epsilon: [batch, teacher.latentDim] }),
    ...(size === undefined ? {} : { codeImages: batchShape({ ...teacher.input, height: size, width: size }, batch) }),
  };
}

/** c `[batch, latentDim]`; it is drawn outside of any gradient's scope, so none reaches the encoder. */
export function drawCode(source: CodeSource, teacher: FrozenEncoder, inputs: Readonly<Record<string, tf.Tensor>>): tf.Tensor2D {
  const epsilon = inputs["epsilon"] as tf.Tensor2D;
  if (source === "prior") return epsilon;
  const posterior = teacher.encode((inputs["codeImages"] ?? inputs["real"]) as tf.Tensor4D);
  return source === "mean" ? posterior.mean : reparameterise(posterior, epsilon);
}
