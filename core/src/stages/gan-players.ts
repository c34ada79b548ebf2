import * as tf from "@tensorflow/tfjs";
import type { FrozenEncoder } from "../contract/encoder.js";
import type { DiscriminatorStep, GanBackbone, GeneratorStep } from "../contract/gan-backbone.js";
import { IdganError } from "../contract/error.js";
import type { PhaseName, PhaseStep } from "../contract/growth.js";
import { batchShape } from "../contract/image-space.js";
import type { LossTerm } from "../contract/loss-term.js";
import type { Weights } from "../contract/weights.js";
import type { Hooks } from "../hooks.js";
import { detach } from "../ops/gradients/constant-of.js";
import { differentiate, type Differentiated } from "../ops/differentiate.js";
import { negativeLogLikelihood } from "../ops/losses/distillation.js";
import { gradientPenalty } from "../ops/losses/gradient-penalty.js";
import { attributed } from "../trace/attributed.js";
import { nameOf } from "../trace/maker.js";
import { codeInputs, type CodeSource } from "./code.js";
import { noiseFeeds, noiseOf } from "./step-noise.js";

/** The game that the two players of stage 2 play. */
export interface GanGame {
  readonly backbone: GanBackbone;
  readonly teacher: FrozenEncoder;
  readonly code: CodeSource;
  readonly idWeight: number;
  /** Updates before the id term has a gradient. Default 0. */
  readonly idDelay?: number;
  /** Multiplies the mean over the batch of |dD/dx|^2; 0 leaves the term out of the step. */
  readonly r1Weight: number;
  readonly hooks: Hooks;
  readonly batch: number;
  /** Where a backbone that grows stands. */
  readonly phase?: PhaseName | undefined;
}

export type StepTensors = Readonly<Record<string, tf.Tensor>>;
export type StepShapes = Readonly<Record<string, readonly number[]>>;

/** The weights of a network that are trained in a phase. */
export function trainedWeights(network: { readonly weights: Weights; trained?(phase?: PhaseName): Weights }, phase?: PhaseName): Weights {
  return network.trained?.(phase) ?? network.weights;
}

/** What the discriminator's part of an update is fed: real images in the generator's space at the phase's size, what draws c, and a nuisance. */
export function discriminatorInputs({ backbone, teacher, code, batch, phase }: GanGame): StepShapes {
  const { output, nuisanceDim } = backbone.generator;
  const space = phase === undefined ? output : { ...output, height: phase.resolution, width: phase.resolution };
  return {
    real: batchShape(space, batch),
    discriminatorNuisance: [batch, nuisanceDim],
    ...codeInputs(code, teacher, batch, phase?.resolution),
    ...noiseFeeds(backbone.generator.noise?.(batch, phase), "discriminatorNoise"),
  };
}

/** What the generator's part of an update is fed, beside c. */
export function generatorInputs({ backbone: { generator }, batch, phase }: GanGame): StepShapes {
  return { generatorNuisance: [batch, generator.nuisanceDim], ...noiseFeeds(generator.noise?.(batch, phase), "generatorNoise") };
}

/** What both parts are fed: the update's number, the noise of the losses, and how far a phase has faded in. */
export function commonInputs({ backbone, batch, phase }: GanGame): StepShapes {
  return { step: [], ...(phase === undefined ? {} : { fadeIn: [] }), ...noiseFeeds(backbone.noise?.(batch, phase)) };
}

/** The discriminator's gradients on real images and on those of G(s, c), R1 included. */
export function criticise(game: GanGame, inputs: StepTensors, c: tf.Tensor2D): Differentiated<never> {
  const { backbone, hooks } = game;
  const { generator, discriminator } = backbone;
  const [step, real, noise, phase] = [inputs["step"] as tf.Scalar, inputs["real"] as tf.Tensor4D, noiseOf(inputs), phaseOf(game, inputs)];
  const how = { phase, noise: noiseOf(inputs, "discriminatorNoise") };
  const fake = attributed(nameOf("the generator", generator), "BACKBONE_INVALID", () => generator.generate(inputs["discriminatorNuisance"] as tf.Tensor2D, c, how));
  return differentiate(trainedWeights(discriminator, game.phase), () => {
    const at: DiscriminatorStep = { step, real, fake, noise, phase };
    const terms = [...attributed(nameOf("the discriminator's loss", backbone), "BACKBONE_INVALID", () => [...backbone.discriminatorLoss(at)]), ...r1Terms(game, at)];
    return { terms: hooks.discriminatorLoss.call(terms, at), keep: {} };
  });
}

/** The generator's gradients against the discriminator, and against the frozen encoder's reading of its images: lambda * R_ID. */
export function create(game: GanGame, inputs: StepTensors, c: tf.Tensor2D): Differentiated<never> {
  const { backbone, teacher, hooks, idWeight, idDelay = 0 } = game;
  const { generator } = backbone;
  const [step, noise, phase] = [inputs["step"] as tf.Scalar, noiseOf(inputs), phaseOf(game, inputs)];
  return differentiate(trainedWeights(generator, game.phase), () => {
    const s = inputs["generatorNuisance"] as tf.Tensor2D;
    const fake = attributed(nameOf("the generator", generator), "BACKBONE_INVALID", () => generator.generate(s, c, { phase, noise: noiseOf(inputs, "generatorNoise") }));
    const posterior = teacher.encode(fake);
    const at: GeneratorStep = { step, fake, s, c, posterior, noise, phase };
    const id: LossTerm = { name: "id", value: delayed(negativeLogLikelihood(c, posterior), step, idDelay), weight: idWeight };
    const terms = [...attributed(nameOf("the generator's loss", backbone), "BACKBONE_INVALID", () => [...backbone.generatorLoss(at)]), id];
    return { terms: hooks.generatorLoss.call(terms, at), keep: {} };
  });
}

/** The value, with a gradient from update `delay` on. */
function delayed(value: tf.Scalar, step: tf.Scalar, delay: number): tf.Scalar {
  if (delay === 0) return value;
  const begun = tf.cast(tf.greaterEqual(step, delay), "float32");
  return tf.add(tf.mul(value, begun), tf.mul(detach(value), tf.sub<tf.Scalar>(1, begun)));
}

/** New values of the weights that follow the batches of the generator's update. */
export function nextStatistics({ backbone: { generator } }: GanGame, inputs: StepTensors, c: tf.Tensor2D): StepTensors {
  const { statistics } = generator;
  if (statistics === undefined) return {};
  const next = attributed(nameOf("the generator's statistics", generator), "BACKBONE_INVALID", () => statistics.next(inputs["generatorNuisance"] as tf.Tensor2D, c));
  const lacking = Object.keys(statistics.weights).find((name) => next[name] === undefined || generator.weights[name] !== statistics.weights[name]);
  if (lacking === undefined) return next;
  throw new IdganError("BACKBONE_INVALID", `The generator's statistics name "${lacking}", which has no next value or is none of the generator's weights. Declare it among them, and return it.`);
}

/** The phase of a game inside its step. */
export function phaseOf({ phase }: GanGame, inputs: StepTensors): PhaseStep | undefined {
  return phase && { ...phase, fadeIn: inputs["fadeIn"] as tf.Scalar };
}

/** R1 on real images (Mescheder 2018, Eq. 9), which any discriminator can carry. */
function r1Terms({ backbone: { discriminator }, r1Weight }: GanGame, { real, noise, phase }: DiscriminatorStep): readonly LossTerm[] {
  if (r1Weight === 0) return [];
  const value = attributed(nameOf("the r1 term", discriminator), "BACKBONE_INVALID", () => gradientPenalty((x) => discriminator.logits(x, noise, phase), real));
  return [{ name: "r1", value, weight: r1Weight }];
}
