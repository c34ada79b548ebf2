// Codes of the product of q(z_j). Kim and Mnih, "Disentangling by factorising", ICML 2018, algorithm 1, https://arxiv.org/abs/1802.05983.
import type { NoiseSpecs } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";

const nameOf = (latent: number) => `permutation${latent}`;

/** One permutation of `count` codes for each latent, as the noise that a backbone declares. */
export function permutationNoise(count: number, latentDim: number): NoiseSpecs {
  return Object.fromEntries(Array.from({ length: latentDim }, (_, j) => [nameOf(j), { shape: [count], distribution: "permutation" }]));
}

/** `c` with each latent in an order of its own across the batch, `[batch, latentDim]`. No gradient is asked of it. */
export function permuteCodes(c: tf.Tensor2D, noise: Readonly<Record<string, tf.Tensor>>): tf.Tensor2D {
  const [batch, latentDim] = c.shape;
  const rows = tf.stack(Array.from({ length: latentDim }, (_, j) => noise[nameOf(j)] as tf.Tensor1D), 1);
  // Row r of latent j is element r * latentDim + j: one gather for all latents.
  const places = tf.add(tf.mul(rows, latentDim), tf.range(0, latentDim));
  const flat = tf.gather(tf.reshape(c, [batch * latentDim]), tf.cast(tf.reshape(places, [batch * latentDim]), "int32"));
  return tf.reshape(flat, [batch, latentDim]);
}
