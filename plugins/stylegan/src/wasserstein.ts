// WGAN-GP. Gulrajani et al., "Improved training of Wasserstein GANs", NIPS 2017, equation 3, https://arxiv.org/abs/1704.00028; the drift term and the
// weights are those of Karras et al. 2018, appendix A.1, https://arxiv.org/abs/1710.10196.
import type { Discriminator, DiscriminatorStep, GeneratorStep, LossTerm, NoiseSpecs } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";

const penaltyWeight = 10;
const driftWeight = 1e-3;
/** Keeps the root differentiable where a gradient is 0. */
const floor = 1e-12;

/** Where between a real and a generated image the gradient is taken, one number for each pair. */
export function wassersteinNoise(batch: number): NoiseSpecs {
  return { between: { shape: [batch, 1, 1, 1], distribution: "uniform" } };
}

export function wassersteinDiscriminatorLoss({ logits }: Discriminator, { real, fake, noise, phase }: DiscriminatorStep): readonly LossTerm[] {
  const onReal = logits(real, noise, phase);
  const between = tf.add(real, tf.mul(tf.sub(fake, real), noise["between"] as tf.Tensor)) as tf.Tensor4D;
  const gradient = tf.grad((x) => tf.sum(logits(x as tf.Tensor4D, noise, phase)))(between);
  const norm = tf.sqrt(tf.add(tf.sum(tf.square(gradient), [1, 2, 3]), floor));
  return [
    { name: "adversarial", value: tf.sub(tf.mean(logits(fake, noise, phase)), tf.mean(onReal)), weight: 1 },
    { name: "gradientPenalty", value: tf.mean(tf.square(tf.sub(norm, 1))), weight: penaltyWeight },
    { name: "drift", value: tf.mean(tf.square(onReal)), weight: driftWeight },
  ];
}

export function wassersteinGeneratorLoss({ logits }: Discriminator, { fake, noise, phase }: GeneratorStep): readonly LossTerm[] {
  return [{ name: "adversarial", value: tf.neg(tf.mean(logits(fake, noise, phase))), weight: 1 }];
}
