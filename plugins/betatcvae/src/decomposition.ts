// The KL of beta-TCVAE in three parts. Chen et al., "Isolating sources of disentanglement in variational autoencoders", NeurIPS 2018, equation 2,
// https://arxiv.org/abs/1802.04942.
import { IdganError, type Posterior } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import { stratifiedLogWeights, weightedLogWeight } from "./sampling-weights.js";

export type Estimator = "weighted" | "stratified";

/** Estimates in nats, averaged over the batch; their sum is the batch's mean of log q(z|x) - log p(z). */
export interface Decomposition {
  /** I(x; z) = E[log q(z|x) - log q(z)], the index-code mutual information. */
  readonly mi: tf.Scalar;
  /** E[log q(z) - sum_j log q(z_j)], the total correlation. */
  readonly tc: tf.Scalar;
  /** E[sum_j log q(z_j) - log p(z)], the dimension-wise KL to the prior. */
  readonly dwkl: tf.Scalar;
}

/** Splits the KL of `c`, samples of `posterior`, both of a batch of two or more out of `datasetSize` images. */
export function decompose(c: tf.Tensor2D, posterior: Posterior, estimator: Estimator, datasetSize: number): Decomposition {
  const [batch] = c.shape;
  expectBatch(batch, datasetSize);
  const logConditional = tf.sum(logNormal(c, posterior.mean, posterior.logVar), 1);
  const logPrior = tf.sum(logNormal(c, tf.zerosLike(c), tf.zerosLike(c)), 1);
  // Of each latent's axis first, so that the sums over the batch's posteriors run along memory: `[latentDim, i, j]` is log q(z_i|x_j).
  const [codes, means, logVars] = [c, posterior.mean, posterior.logVar].map((tensor) => tf.transpose(tensor)) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
  const densities = logNormal(tf.expandDims(codes, 2), tf.expandDims(means, 1), tf.expandDims(logVars, 1));
  const logWeights = estimator === "weighted" ? weightedLogWeight(batch, datasetSize) : stratifiedLogWeights(batch, datasetSize);
  const logJoint = tf.logSumExp(tf.add(tf.sum(densities, 0), logWeights), 1);
  const logMarginals = tf.sum(tf.logSumExp(tf.add(densities, logWeights), 2), 0);
  return {
    mi: tf.mean(tf.sub(logConditional, logJoint)),
    tc: tf.mean(tf.sub(logJoint, logMarginals)),
    dwkl: tf.mean(tf.sub(logMarginals, logPrior)),
  };
}

function expectBatch(batch: number, datasetSize: number): void {
  if (batch < 2) {
    throw new IdganError("BACKBONE_INVALID", "beta-TCVAE estimates q(z) from the other images of a batch, and a batch of one has none. Set represent.batch to 2 or more.");
  }
  if (datasetSize < batch) {
    throw new IdganError("BACKBONE_INVALID", `beta-TCVAE was told of a dataset of ${datasetSize} images, fewer than the ${batch} of a batch. Give context.datasetSize the number of images that batches are drawn from.`);
  }
}

/** log N(z; mean, exp(logVar)) of every element; the shapes broadcast. */
function logNormal(z: tf.Tensor, mean: tf.Tensor, logVar: tf.Tensor): tf.Tensor {
  // The difference is scaled before it is squared: a narrow posterior's 1 / variance alone can be larger than float32 holds.
  const distance = tf.square(tf.mul(tf.sub(z, mean), tf.exp(tf.mul(logVar, -0.5))));
  return tf.mul(tf.add(tf.add(distance, logVar), Math.log(2 * Math.PI)), -0.5);
}
