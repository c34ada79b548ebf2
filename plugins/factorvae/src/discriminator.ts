// The density-ratio discriminator of FactorVAE. Kim and Mnih, "Disentangling by factorising", ICML 2018, equation 3 and appendix A,
// https://arxiv.org/abs/1802.05983.
import { createDense, joinWeights, type Initializer, type Weights } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";

/** Slope of the leaky ReLU below 0. */
const slope = 0.2;

export interface DiscriminatorOptions {
  readonly latentDim: number;
  readonly hiddenLayers: number;
  readonly width: number;
  readonly init: Initializer;
}

/** Tells codes of q(z), logit 0, from codes of the product of q(z_j), logit 1. */
export interface Discriminator {
  readonly weights: Weights;
  /** `[batch, latentDim]` to the log odds of q(z) against the product, `[batch]`: logit 0 minus logit 1. */
  logOdds(c: tf.Tensor2D): tf.Tensor1D;
}

export function createDiscriminator({ latentDim, hiddenLayers, width, init }: DiscriminatorOptions): Discriminator {
  const hidden = Array.from({ length: hiddenLayers }, (_, i) =>
    createDense({ name: `dense${i + 1}`, inputs: i === 0 ? latentDim : width, outputs: width, init, std: "he" }),
  );
  const head = createDense({ name: `dense${hiddenLayers + 1}`, inputs: width, outputs: 2, init });
  return {
    weights: joinWeights([...hidden, head]),
    logOdds(c) {
      const [batch] = c.shape;
      const logits = head.apply(hidden.reduce((h, layer) => tf.leakyRelu(layer.apply(h), slope), c));
      return tf.reshape(tf.sub(tf.slice(logits, [0, 0], [batch, 1]), tf.slice(logits, [0, 1], [batch, 1])), [batch]);
    },
  };
}

/** An estimate of TC = KL(q(z) || prod_j q(z_j)) in nats: the mean log odds of codes of q(z). */
export function totalCorrelation(logOdds: tf.Tensor1D): tf.Scalar {
  return tf.mean(logOdds);
}

/** Half the cross-entropy of `codes`, which are of q(z), and half that of `permuted`, which are of the product, from the log odds of each. */
export function discriminatorLoss(codes: tf.Tensor1D, permuted: tf.Tensor1D): tf.Scalar {
  return tf.mul(tf.add(tf.mean(tf.softplus(tf.neg(codes))), tf.mean(tf.softplus(permuted))), 0.5); // softplus(-l) = -log softmax([l0, l1])_0
}
