import * as tf from "@tensorflow/tfjs";
import type { Posterior } from "../contract/encoder.js";
import type { Step } from "../contract/engine.js";
import { IdganError } from "../contract/error.js";
import { batchShape } from "../contract/image-space.js";
import type { VaeBackbone } from "../contract/vae-backbone.js";
import { attributed } from "../trace/attributed.js";
import { nameOf } from "../trace/maker.js";
import { commonInputs, discriminatorInputs, phaseOf, type GanGame, type StepShapes } from "./gan-players.js";
import { expectPosterior } from "./posterior.js";
import { noiseOf } from "./step-noise.js";
import { traceIfTraceable } from "./traceable.js";

/**
 * Refuses a VAE whose networks return tensors of other shapes than the contract's, with which a loss may well train: tfjs stretches what does not fit.
 * Traced once, apart from the update, so that no update pays for it.
 */
export function expectVaeOutputs({ encoder, decoder }: VaeBackbone, batch: number): void {
  const image = batchShape(decoder.output, batch);
  const step: Step = {
    name: "vae-shapes",
    inputs: { x: batchShape(encoder.input, batch), c: [batch, encoder.latentDim] },
    run({ x, c }) {
      const [looks, draws] = [nameOf("the encoder", encoder), nameOf("the decoder", decoder)];
      const posterior: Posterior = attributed(looks, "BACKBONE_INVALID", () => encoder.encode(x as tf.Tensor4D));
      const { mean, logVar } = expectPosterior(posterior, looks, [batch, encoder.latentDim]);
      const decoded = expectShape(attributed(draws, "BACKBONE_INVALID", () => decoder.decode(c as tf.Tensor2D)), `decode of ${draws}`, image);
      const shown = expectShape(attributed(draws, "BACKBONE_INVALID", () => decoder.image(decoded as tf.Tensor4D)), `image of ${draws}`, image);
      return { mean, logVar, decoded, shown };
    },
  };
  traceIfTraceable(step);
}

/** The same of a GAN, in a phase of it where it grows. */
export function expectGanOutputs(game: GanGame): void {
  const { backbone, batch } = game;
  const { generator, discriminator } = backbone;
  const inputs: StepShapes = { ...discriminatorInputs(game), ...commonInputs(game), c: [batch, generator.latentDim] };
  const step: Step = {
    name: "gan-shapes",
    inputs,
    run(tensors) {
      const [makes, judges] = [nameOf("the generator", generator), nameOf("the discriminator", discriminator)];
      const [real, phase, noise] = [tensors["real"] as tf.Tensor4D, phaseOf(game, tensors), noiseOf(tensors, "discriminatorNoise")];
      const [s, c] = [tensors["discriminatorNuisance"] as tf.Tensor2D, tensors["c"] as tf.Tensor2D];
      const fake = expectShape(attributed(makes, "BACKBONE_INVALID", () => generator.generate(s, c, { phase, noise })), `generate of ${makes}`, inputs["real"] ?? []);
      const logits = expectShape(attributed(judges, "BACKBONE_INVALID", () => discriminator.logits(real, noiseOf(tensors), phase)), `logits of ${judges}`, [batch, 1]);
      return { fake, logits };
    },
  };
  traceIfTraceable(step);
}

function expectShape(got: unknown, what: string, shape: readonly number[]): tf.Tensor {
  if (!(got instanceof tf.Tensor)) throw new IdganError("BACKBONE_INVALID", `${what} returned no tensor (${typeof got}). Return one of shape [${shape.join(", ")}].`);
  if (tf.util.arraysEqual(got.shape, [...shape])) return got;
  throw new IdganError("BACKBONE_INVALID", `${what} returned a tensor of shape [${got.shape.join(", ")}] for a batch of ${shape[0]}. Return one of shape [${shape.join(", ")}].`);
}
