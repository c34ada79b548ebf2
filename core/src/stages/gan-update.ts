import type * as tf from "@tensorflow/tfjs";
import type { FrozenEncoder } from "../contract/encoder.js";
import type { Step } from "../contract/engine.js";
import type { DiscriminatorStep, GanBackbone, GeneratorStep } from "../contract/gan-backbone.js";
import { batchShape } from "../contract/image-space.js";
import type { LossTerm } from "../contract/loss-term.js";
import type { Weights } from "../contract/weights.js";
import type { Hooks } from "../hooks.js";
import { differentiate } from "../ops/differentiate.js";
import { negativeLogLikelihood } from "../ops/losses/distillation.js";
import { gradientPenalty } from "../ops/losses/gradient-penalty.js";
import { rampedDecay, updateAverage } from "../ops/optimizers/average.js";
import type { Optimizer } from "../ops/optimizers/optimizer.js";
import { attributed } from "../trace/attributed.js";
import { codeInputs, drawCode, type CodeSource } from "./code.js";
import { noiseFeeds, noiseOf, prefixed } from "./step-noise.js";

export interface GanUpdate {
  readonly backbone: GanBackbone;
  readonly teacher: FrozenEncoder;
  readonly generatorOptimizer: Optimizer;
  readonly discriminatorOptimizer: Optimizer;
  /** Moving average of the generator's weights, under the same names. */
  readonly average: Weights;
  readonly averageDecay: number;
  /** Whether the decay rises to `averageDecay` from 0.1, so that the first weights are soon forgotten. */
  readonly averageWarmup: boolean;
  readonly code: CodeSource;
  readonly idWeight: number;
  /** Multiplies the mean over the batch of |dD/dx|^2; 0 leaves the term out of the step. */
  readonly r1Weight: number;
  readonly hooks: Hooks;
  readonly batch: number;
}

/**
 * One update of stage 2 (Lee et al. 2020, Eq. 6): the discriminator on real images and G(s, c), then the generator on a fresh s and the same c,
 * with lambda * R_ID = -lambda * E[log q(c|G(s,c))] added for the generator alone; then the generator's average and the backbone's state.
 */
export function ganUpdate(update: GanUpdate): Step {
  const { backbone, teacher, code, batch, hooks } = update;
  const { generator, discriminator } = backbone;
  return {
    name: update.r1Weight > 0 ? "gan-update-r1" : "gan-update",
    inputs: {
      /** In the generator's space. */
      real: batchShape(generator.output, batch),
      discriminatorNuisance: [batch, generator.nuisanceDim],
      generatorNuisance: [batch, generator.nuisanceDim],
      step: [],
      generatorLearningRate: [],
      discriminatorLearningRate: [],
      ...codeInputs(code, teacher, batch),
      ...noiseFeeds(backbone.noise?.(batch)),
    },
    run(inputs) {
      const real = inputs["real"] as tf.Tensor4D;
      const step = inputs["step"] as tf.Scalar;
      const noise = noiseOf(inputs);
      const c = drawCode(code, teacher, inputs);

      const fake = attributed("the generator", "BACKBONE_INVALID", () => generator.generate(inputs["discriminatorNuisance"] as tf.Tensor2D, c));
      const critic = differentiate(discriminator.weights, () => {
        const at: DiscriminatorStep = { step, real, fake, noise };
        const terms = [...attributed("the discriminator's loss", "BACKBONE_INVALID", () => backbone.discriminatorLoss(at)), ...r1Terms(update, real, noise)];
        return { terms: hooks.discriminatorLoss.call(terms, at), keep: {} };
      });
      update.discriminatorOptimizer.apply(critic.gradients, inputs["discriminatorLearningRate"] as tf.Scalar);

      const creator = differentiate(generator.weights, () => {
        const s = inputs["generatorNuisance"] as tf.Tensor2D;
        const image = attributed("the generator", "BACKBONE_INVALID", () => generator.generate(s, c));
        const posterior = teacher.encode(image);
        const at: GeneratorStep = { step, fake: image, s, c, posterior, noise };
        const id: LossTerm = { name: "id", value: negativeLogLikelihood(c, posterior), weight: update.idWeight };
        const terms = [...attributed("the generator's loss", "BACKBONE_INVALID", () => backbone.generatorLoss(at)), id];
        return { terms: hooks.generatorLoss.call(terms, at), keep: {} };
      });
      update.generatorOptimizer.apply(creator.gradients, inputs["generatorLearningRate"] as tf.Scalar);
      updateAverage(update.average, generator.weights, update.averageWarmup ? rampedDecay(update.averageDecay, step) : update.averageDecay);
      const losses = { ...prefixed("discriminator", critic.values), ...prefixed("generator", creator.values) };
      attributed("the backbone's state", "BACKBONE_INVALID", () => backbone.state?.update(losses));
      return losses;
    },
  };
}

/** R1 on real images (Mescheder 2018, Eq. 9), which any discriminator can carry. */
function r1Terms({ backbone, r1Weight }: GanUpdate, real: tf.Tensor4D, noise: Readonly<Record<string, tf.Tensor>>): readonly LossTerm[] {
  if (r1Weight === 0) return [];
  const value = attributed("the r1 term", "BACKBONE_INVALID", () => gradientPenalty((x) => backbone.discriminator.logits(x, noise), real));
  return [{ name: "r1", value, weight: r1Weight }];
}
