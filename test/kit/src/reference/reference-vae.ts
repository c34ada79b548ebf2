import {
  bernoulliLoss,
  createDense,
  definePlugin,
  describeSpace,
  IdganError,
  joinWeights,
  klDivergence,
  nonNegative,
  splitPosterior,
  type Adversary,
  type VaeBackbone,
  type VaeContext,
  type VaePlugin,
} from "@idgan/core";
import * as tf from "@tensorflow/tfjs";

export interface ReferenceVaeOptions {
  readonly beta: number;
}

const hidden = 16;
const std = 0.2;

/** The smallest VAE that has every part of the contract: two dense networks, a declared noise, and an adversary on the codes. */
export function buildReferenceVae({ beta }: ReferenceVaeOptions, context: VaeContext): VaeBackbone {
  const { image, latentDim } = context;
  const pixels = image.height * image.width * image.channels;
  if (latentDim < 1) throw new IdganError("BACKBONE_INVALID", `The reference VAE needs a latent for ${describeSpace(image)}.`);
  const encoderInit = context.init.scope("encoder");
  const read = createDense({ name: "read", inputs: pixels, outputs: hidden, init: encoderInit, std });
  const infer = createDense({ name: "infer", inputs: hidden, outputs: 2 * latentDim, init: encoderInit, std });
  const decoderInit = context.init.scope("decoder");
  const unfold = createDense({ name: "unfold", inputs: latentDim, outputs: hidden, init: decoderInit, std });
  const draw = createDense({ name: "draw", inputs: hidden, outputs: pixels, init: decoderInit, std });
  const rival = buildAdversary(context);
  return {
    encoder: {
      latentDim,
      input: image,
      weights: joinWeights([read, infer]),
      encode: (x) => splitPosterior(infer.apply(tf.tanh(read.apply(tf.reshape(x, [-1, pixels]))))),
    },
    decoder: {
      output: image,
      weights: joinWeights([unfold, draw]),
      decode: (c) => tf.reshape(draw.apply(tf.tanh(unfold.apply(c))), [-1, image.height, image.width, image.channels]),
      image: (decoded) => tf.sigmoid(decoded),
    },
    adversary: rival.adversary,
    lossConvention: "Bernoulli cross-entropy in nats, summed over pixels and channels; KL in nats, summed over latents; both averaged over the batch",
    noise: (batch) => ({ prior: { shape: [batch, latentDim], distribution: "normal" } }),
    loss: ({ x, reconstruction, posterior, c }) => [
      { name: "reconstruction", value: bernoulliLoss(reconstruction, x), weight: 1 },
      { name: "kl", value: klDivergence(posterior), weight: beta },
      { name: "prior", value: tf.mean<tf.Scalar>(rival.logits(c)), weight: 0.1 },
    ],
  };
}

/** Tells codes from samples of the prior, as an adversarial autoencoder does. */
function buildAdversary({ latentDim, init }: VaeContext): { readonly adversary: Adversary; logits(c: tf.Tensor2D): tf.Tensor2D } {
  const adversaryInit = init.scope("adversary");
  const look = createDense({ name: "look", inputs: latentDim, outputs: hidden, init: adversaryInit, std });
  const judge = createDense({ name: "judge", inputs: hidden, outputs: 1, init: adversaryInit, std });
  const logits = (c: tf.Tensor2D) => judge.apply(tf.tanh(look.apply(c)));
  return {
    logits,
    adversary: {
      weights: joinWeights([look, judge]),
      loss: ({ c, noise }) => [
        { name: "codes", value: tf.mean<tf.Scalar>(tf.softplus(tf.neg(logits(c)))), weight: 1 },
        { name: "samples", value: tf.mean<tf.Scalar>(tf.softplus(logits(noise["prior"] as tf.Tensor2D))), weight: 1 },
      ],
    },
  };
}

/** A VAE that passes every check, to start a plugin or a test from. */
export const referenceVae: VaePlugin<ReferenceVaeOptions> = definePlugin<ReferenceVaeOptions>({
  kind: "vae",
  name: "@idgan/reference-vae",
  core: "^0.1.0",
  options: { beta: { doc: "Weight of the KL term.", format: nonNegative, default: 1 } },
  build: buildReferenceVae,
});
