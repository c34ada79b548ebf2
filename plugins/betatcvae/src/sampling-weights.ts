// Logarithms of the weights with which a batch's posteriors stand for the aggregated posterior q(z) = 1/N sum_n q(z|n).
// Chen et al., "Isolating sources of disentanglement in variational autoencoders", NeurIPS 2018, appendices C.1 and C.2,
// https://arxiv.org/abs/1802.04942.
import { declareConstant } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";

/**
 * Minibatch-weighted sampling: 1/(B N) for every image. The weights sum to 1/N and not to 1, so that log q(z) comes out too low,
 * by as much as log N where the posteriors overlap, and the MI too high.
 */
export function weightedLogWeight(batch: number, datasetSize: number): tf.Scalar {
  return tf.scalar(-Math.log(batch * datasetSize));
}

/**
 * Minibatch-stratified sampling, `[batch, batch]`: for the code of image i its own posterior 1/N, one other's (N - M)/(N M), and each remaining one's 1/M,
 * with M = batch - 1. Every row sums to 1. The single other is the next in the batch, which the shuffled order makes as good as any.
 * Widespread code gives 1/N to a column of the batch instead of to the diagonal; its rows do not sum to 1.
 */
export function stratifiedLogWeights(batch: number, datasetSize: number): tf.Tensor2D {
  const others = batch - 1;
  const own = -Math.log(datasetSize);
  const next = Math.log((datasetSize - others) / (datasetSize * others));
  const rest = -Math.log(others);
  const weights = Float32Array.from({ length: batch * batch }, (_, at) => {
    const [i, j] = [Math.floor(at / batch), at % batch];
    if (j === i) return own;
    return j === (i + 1) % batch ? next : rest;
  });
  return declareConstant(tf.tensor2d(weights, [batch, batch]));
}
