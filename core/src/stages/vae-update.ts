import type * as tf from "@tensorflow/tfjs";
import type { Step } from "../contract/engine.js";
import { IdganError } from "../contract/error.js";
import { batchShape } from "../contract/image-space.js";
import type { LossTerm } from "../contract/loss-term.js";
import type { AdversaryStep, EncodedBatch, VaeBackbone, VaeStep } from "../contract/vae-backbone.js";
import type { Weights } from "../contract/weights.js";
import type { Hooks } from "../hooks.js";
import { differentiate, type Differentiated } from "../ops/differentiate.js";
import { reparameterise } from "../ops/losses/gaussian-posterior.js";
import type { Optimizer } from "../ops/optimizers/optimizer.js";
import { attributed } from "../trace/attributed.js";
import { nameOf } from "../trace/maker.js";
import type { StepShapes, StepTensors } from "./gan-players.js";
import { expectPosterior } from "./posterior.js";
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

/** What the VAE's part of an update is fed. */
export function vaeInputs({ backbone, batch }: Pick<VaeUpdate, "backbone" | "batch">): StepShapes {
  const { encoder } = backbone;
  return { x: batchShape(encoder.input, batch), epsilon: [batch, encoder.latentDim], step: [], ...noiseFeeds(backbone.noise?.(batch)) };
}

/** c ~ q(c|x), the backbone's terms, and their gradients. */
export function vaeGradients({ backbone, hooks }: Pick<VaeUpdate, "backbone" | "hooks">, inputs: StepTensors): Differentiated<"reconstruction" | "c" | "mean" | "logVar"> {
  const { decoder } = backbone;
  const [step, noise] = [inputs["step"] as tf.Scalar, noiseOf(inputs)];
  return differentiate(vaeWeights(backbone), () => {
    const { x, posterior, c } = encodeBatch(backbone, inputs["x"] as tf.Tensor4D, inputs["epsilon"]);
    const reconstruction = attributed(nameOf("the decoder", decoder), "BACKBONE_INVALID", () => decoder.decode(c));
    const at: VaeStep = { step, x, reconstruction, posterior, c, noise };
    const terms: readonly LossTerm[] = attributed(nameOf("the VAE's loss", backbone), "BACKBONE_INVALID", () => backbone.loss(at));
    return { terms: hooks.vaeLoss.call(terms, at), keep: { reconstruction, c, mean: posterior.mean, logVar: posterior.logVar } };
  });
}

/**
 * One update of stage 1: c ~ q(c|x), the backbone's terms, gradients, optimizer; then the adversary's, on the same c.
 * Both gradients are taken before either update, so neither network sees the other's new weights.
 */
export function vaeUpdate(update: VaeUpdate): Step {
  const { backbone, optimizer, adversaryOptimizer, batch } = update;
  const { encoder, adversary } = backbone;
  if (adversary && !adversaryOptimizer) throw new IdganError("INTERNAL", "The VAE has an adversary, and its update was given no optimizer for it.");
  return {
    name: "vae-update",
    inputs: {
      ...vaeInputs(update),
      learningRate: [],
      ...(adversary ? { adversaryLearningRate: [] } : {}),
      ...(adversary?.secondBatch ? { second: batchShape(encoder.input, batch), secondEpsilon: [batch, encoder.latentDim] } : {}),
    },
    run(inputs) {
      const main = vaeGradients(update, inputs);
      const outputs: Record<string, tf.Tensor> = { ...main.values };
      if (adversary && adversaryOptimizer) {
        const { reconstruction, c, mean, logVar } = main.kept;
        const posterior = { mean: mean as tf.Tensor2D, logVar: logVar as tf.Tensor2D };
        // Of what is encoded here, outside of `differentiate`, no gradient is ever asked with respect to the encoder.
        const second = adversary.secondBatch ? { second: encodeBatch(backbone, inputs["second"] as tf.Tensor4D, inputs["secondEpsilon"]) } : {};
        const seen = { step: inputs["step"] as tf.Scalar, x: inputs["x"] as tf.Tensor4D, noise: noiseOf(inputs) };
        const at: AdversaryStep = { ...seen, reconstruction: reconstruction as tf.Tensor4D, posterior, c: c as tf.Tensor2D, ...second };
        const rival = differentiate(adversary.weights, () => ({ terms: attributed(nameOf("the adversary's loss", backbone), "BACKBONE_INVALID", () => adversary.loss(at)), keep: {} }));
        adversaryOptimizer.apply(rival.gradients, inputs["adversaryLearningRate"] as tf.Scalar);
        Object.assign(outputs, prefixed("adversary", rival.values));
      }
      optimizer.apply(main.gradients, inputs["learningRate"] as tf.Scalar);
      return outputs;
    },
  };
}

function encodeBatch({ encoder }: VaeBackbone, x: tf.Tensor4D, epsilon: tf.Tensor | undefined): EncodedBatch {
  const name = nameOf("the encoder", encoder);
  const posterior = expectPosterior(attributed(name, "BACKBONE_INVALID", () => encoder.encode(x)), name);
  return { x, posterior, c: reparameterise(posterior, epsilon as tf.Tensor2D) };
}
