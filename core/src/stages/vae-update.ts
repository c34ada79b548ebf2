import type * as tf from "@tensorflow/tfjs";
import type { Step } from "../contract/engine.js";
import { IdganError } from "../contract/error.js";
import { batchShape } from "../contract/image-space.js";
import type { LossTerm } from "../contract/loss-term.js";
import type { AdversaryStep, EncodedBatch, VaeBackbone, VaeStep } from "../contract/vae-backbone.js";
import type { Weights } from "../contract/weights.js";
import type { Hooks } from "../hooks.js";
import { differentiate } from "../ops/differentiate.js";
import { reparameterise } from "../ops/losses/gaussian-posterior.js";
import type { Optimizer } from "../ops/optimizers/optimizer.js";
import { attributed } from "../trace/attributed.js";
import { noiseFeeds, noiseOf, prefixed } from "./step-noise.js";

export interface VaeUpdate {
  readonly backbone: VaeBackbone;
  readonly optimizer: Optimizer;
  /** Wanted when the backbone has an adversary. */
  readonly adversaryOptimizer?: Optimizer | undefined;
  readonly hooks: Hooks;
  readonly batch: number;
}

/** Weights of a VAE under the names that checkpoints use. */
export function vaeWeights(backbone: VaeBackbone): Weights {
  return { ...prefixed("encoder", backbone.encoder.weights), ...prefixed("decoder", backbone.decoder.weights) };
}

/**
 * One update of stage 1: c ~ q(c|x), the backbone's terms, gradients, optimizer; then the adversary's, on the same c.
 * Both gradients are taken before either update, so neither network sees the other's new weights.
 */
export function vaeUpdate({ backbone, optimizer, adversaryOptimizer, hooks, batch }: VaeUpdate): Step {
  const { encoder, decoder, adversary } = backbone;
  const weights = vaeWeights(backbone);
  if (adversary && !adversaryOptimizer) throw new IdganError("INTERNAL", "The VAE has an adversary, and its update was given no optimizer for it.");
  const encode = (x: tf.Tensor4D, epsilon: tf.Tensor | undefined): EncodedBatch => {
    const posterior = attributed("the encoder", "BACKBONE_INVALID", () => encoder.encode(x));
    return { x, posterior, c: reparameterise(posterior, epsilon as tf.Tensor2D) };
  };
  return {
    name: "vae-update",
    inputs: {
      x: batchShape(encoder.input, batch),
      epsilon: [batch, encoder.latentDim],
      step: [],
      learningRate: [],
      ...(adversary ? { adversaryLearningRate: [] } : {}),
      ...(adversary?.secondBatch ? { second: batchShape(encoder.input, batch), secondEpsilon: [batch, encoder.latentDim] } : {}),
      ...noiseFeeds(backbone.noise?.(batch)),
    },
    run(inputs) {
      const x = inputs["x"] as tf.Tensor4D;
      const step = inputs["step"] as tf.Scalar;
      const noise = noiseOf(inputs);
      const main = differentiate(weights, () => {
        const { posterior, c } = encode(x, inputs["epsilon"]);
        const reconstruction = attributed("the decoder", "BACKBONE_INVALID", () => decoder.decode(c));
        const at: VaeStep = { step, x, reconstruction, posterior, c, noise };
        const terms: readonly LossTerm[] = attributed("the VAE's loss", "BACKBONE_INVALID", () => backbone.loss(at));
        return { terms: hooks.vaeLoss.call(terms, at), keep: { reconstruction, c, mean: posterior.mean, logVar: posterior.logVar } };
      });
      const outputs: Record<string, tf.Tensor> = { ...main.values };
      if (adversary && adversaryOptimizer) {
        const { reconstruction, c, mean, logVar } = main.kept;
        const posterior = { mean: mean as tf.Tensor2D, logVar: logVar as tf.Tensor2D };
        // Of what is encoded here, outside of `differentiate`, no gradient is ever asked with respect to the encoder.
        const second = adversary.secondBatch ? { second: encode(inputs["second"] as tf.Tensor4D, inputs["secondEpsilon"]) } : {};
        const at: AdversaryStep = { step, x, reconstruction: reconstruction as tf.Tensor4D, posterior, c: c as tf.Tensor2D, noise, ...second };
        const rival = differentiate(adversary.weights, () => ({ terms: attributed("the adversary's loss", "BACKBONE_INVALID", () => adversary.loss(at)), keep: {} }));
        adversaryOptimizer.apply(rival.gradients, inputs["adversaryLearningRate"] as tf.Scalar);
        Object.assign(outputs, prefixed("adversary", rival.values));
      }
      optimizer.apply(main.gradients, inputs["learningRate"] as tf.Scalar);
      return outputs;
    },
  };
}
