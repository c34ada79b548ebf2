// FactorVAE. Kim and Mnih, "Disentangling by factorising", ICML 2018, equation 2 and algorithm 2, https://arxiv.org/abs/1802.05983.
import { createConvVae, IdganError, klDivergence, type AdversaryStep, type VaeBackbone, type VaeContext, type VaeStep } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import { createDiscriminator, discriminatorLoss, totalCorrelation } from "./discriminator.js";
import type { FactorVaeOptions, PermutedCodes } from "./options.js";
import { permutationNoise, permuteCodes } from "./permuted-codes.js";

/** The standard convolutional VAE with gamma * TC, read from a discriminator that is trained beside it. */
export function createFactorVae(options: FactorVaeOptions, context: VaeContext): VaeBackbone {
  const { gamma, permutedCodes, hiddenLayers, width } = options;
  const { latentDim, init } = context;
  const { encoder, decoder, reconstructionTerm, reconstructionConvention } = createConvVae(options, context);
  const discriminator = createDiscriminator({ latentDim, hiddenLayers, width, init: init.scope("discriminator") });
  const own = permutedCodes === "second-half" ? firstHalf : (step: VaeStep) => step;
  return {
    encoder,
    decoder,
    lossConvention: `${reconstructionConvention}; KL and TC in nats, summed over latents, averaged over the batch; permuted codes of the ${permutedCodes.replace("-", " ")}`,
    noise: (batch) => permutationNoise(permutedCount(batch, permutedCodes), latentDim),
    loss: (step) => {
      const seen = own(step);
      return [
        reconstructionTerm(seen),
        { name: "kl", value: klDivergence(seen.posterior), weight: 1 },
        { name: "tc", value: totalCorrelation(discriminator.logOdds(seen.c)), weight: gamma },
      ];
    },
    adversary: {
      weights: discriminator.weights,
      secondBatch: permutedCodes === "second-batch",
      loss: (step) => {
        const permuted = permuteCodes(codesToPermute(step, permutedCodes), step.noise);
        return [{ name: "crossEntropy", value: discriminatorLoss(discriminator.logOdds(own(step).c), discriminator.logOdds(permuted)), weight: 1 }];
      },
    },
  };
}

/** How many codes of a batch are permuted; a single one has no other order. */
function permutedCount(batch: number, permutedCodes: PermutedCodes): number {
  const halves = permutedCodes === "second-half";
  const count = halves ? batch / 2 : batch;
  if (count < 2 || !Number.isInteger(count)) {
    const wanted = halves ? `with permutedCodes "second-half" it needs an even batch of at least 4` : "it needs a batch of at least 2";
    throw new IdganError("BACKBONE_INVALID", `FactorVAE permutes codes across a batch: ${wanted}, not ${batch}. Change represent.batch.`);
  }
  return count;
}

function codesToPermute(step: AdversaryStep, permutedCodes: PermutedCodes): tf.Tensor2D {
  if (permutedCodes === "same-batch") return step.c;
  if (permutedCodes === "second-half") return halfOf(step.c, 1);
  if (step.second === undefined) throw new IdganError("INTERNAL", "FactorVAE was given no second batch, which its adversary declares.");
  return step.second.c;
}

/** The step as it would be of the first half of its batch. */
function firstHalf(step: VaeStep): VaeStep {
  const { mean, logVar } = step.posterior;
  return {
    ...step,
    x: halfOf(step.x, 0),
    reconstruction: halfOf(step.reconstruction, 0),
    posterior: { mean: halfOf(mean, 0), logVar: halfOf(logVar, 0) },
    c: halfOf(step.c, 0),
  };
}

/** The first or the second half of the rows. */
function halfOf<T extends tf.Tensor>(tensor: T, half: 0 | 1): T {
  const [batch = 0, ...rest] = tensor.shape;
  return tf.slice(tensor, [(half * batch) / 2, ...rest.map(() => 0)], [batch / 2, ...rest]);
}
