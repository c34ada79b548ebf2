import * as tf from "@tensorflow/tfjs";
import type { Dataset } from "../contract/dataset.js";
import type { Encoder } from "../contract/encoder.js";
import type { GanBackbone } from "../contract/gan-backbone.js";
import type { Growth, Phase, PhaseName } from "../contract/growth.js";
import { signedSpace, unitSpace } from "../contract/image-space.js";
import { logisticDiscriminatorLoss, logisticGeneratorLoss } from "../ops/losses/adversarial.js";
import { createInitializer } from "../ops/random/initializer.js";

/** 2x2 pixels in batches of 4 for 8 images, 4x4 fading in over the next 8 in batches of 2, then 4x4 alone, at another learning rate. */
export const tinyGrowth: Growth = {
  phase(imagesShown): Phase {
    if (imagesShown < 8) return { key: "2", resolution: 2, batch: 4, fadeIn: 1 };
    if (imagesShown < 16) return { key: "4-fading", resolution: 4, batch: 2, fadeIn: (imagesShown - 6) / 10 };
    return { key: "4", resolution: 4, batch: 2, fadeIn: 1, generatorRate: 2, discriminatorRate: 3 };
  },
};

/** A generator of one dense map for each size, and a discriminator of the same; the mean of s is followed. */
export function growingGan(growth: Growth = tinyGrowth): GanBackbone {
  const init = createInitializer(3);
  const [coarse, fine] = [init.normal("coarse", [2, 4], 0.5), init.normal("fine", [2, 16], 0.5)] as tf.Variable<tf.Rank.R2>[];
  const [lookCoarse, lookFine] = [init.normal("lookCoarse", [4, 1], 0.5), init.normal("lookFine", [16, 1], 0.5)] as tf.Variable<tf.Rank.R2>[];
  const meanOfS = init.constant("meanOfS", [1], 0);
  const full: PhaseName = { key: "4", resolution: 4 };
  const used = <T>({ key }: PhaseName, small: T, large: T, both: T): T => (key === "2" ? small : key === "4" ? large : both);
  const draw = (z: tf.Tensor, kernel: tf.Variable<tf.Rank.R2>, size: number) => tf.reshape(tf.tanh(tf.matMul(z as tf.Tensor2D, kernel)), [-1, size, size, 1]) as tf.Tensor4D;
  const doubled = (x: tf.Tensor4D) => tf.reshape(tf.tile(tf.reshape(x, [-1, 2, 1, 2, 1]), [1, 1, 2, 1, 2]), [-1, 4, 4, 1]) as tf.Tensor4D;
  const judge = (x: tf.Tensor4D, kernel: tf.Variable<tf.Rank.R2>, numbers: number) => tf.matMul(tf.reshape(x, [-1, numbers]), kernel) as tf.Tensor2D;
  const logits: GanBackbone["discriminator"]["logits"] = (x, _, phase) => {
    const smooth = (y: tf.Tensor2D): tf.Tensor2D => tf.softplus(y);
    if (phase?.key === "2") return smooth(judge(x, lookCoarse!, 4));
    const own = judge(x, lookFine!, 16);
    if (phase?.key !== "4-fading") return smooth(own);
    const before = judge(tf.avgPool(x, 2, 2, "valid"), lookCoarse!, 4);
    return smooth(tf.add(before, tf.mul(tf.sub(own, before), phase.fadeIn)));
  };
  return {
    growth,
    batchGroup: 1,
    generator: {
      nuisanceDim: 1,
      latentDim: 1,
      output: signedSpace(4, 1),
      weights: { coarse: coarse!, fine: fine!, meanOfS },
      trained: (phase = full) => used<Record<string, tf.Variable>>(phase, { coarse: coarse! }, { fine: fine! }, { coarse: coarse!, fine: fine! }),
      noise: (batch, phase) => ({ grain: { shape: [batch, phase?.resolution ?? 4], distribution: "uniform" } }),
      statistics: { weights: { meanOfS }, next: (s) => ({ meanOfS: tf.add(tf.mul(meanOfS, 0.5), tf.mul(tf.mean(s, 0), 0.5)) }) },
      generate(s, c, { phase, noise = {} } = {}) {
        const grain = noise["grain"] === undefined ? tf.scalar(0) : tf.mul(tf.mean(noise["grain"], 1, true), 0.1);
        const z = tf.add(tf.concat([s, c], 1), grain);
        if (phase?.key === "2") return draw(z, coarse!, 2);
        const own = draw(z, fine!, 4);
        if (phase?.key !== "4-fading") return own;
        const before = doubled(draw(z, coarse!, 2));
        return tf.add(before, tf.mul(tf.sub(own, before), phase.fadeIn));
      },
    },
    discriminator: {
      weights: { lookCoarse: lookCoarse!, lookFine: lookFine! },
      trained: (phase = full) => used<Record<string, tf.Variable>>(phase, { lookCoarse: lookCoarse! }, { lookFine: lookFine! }, { lookCoarse: lookCoarse!, lookFine: lookFine! }),
      logits,
    },
    discriminatorLoss: ({ real, fake, noise, phase }) => [{ name: "adversarial", value: logisticDiscriminatorLoss(logits(real, noise, phase), logits(fake, noise, phase)), weight: 1 }],
    generatorLoss: ({ fake, noise, phase }) => [{ name: "adversarial", value: logisticGeneratorLoss(logits(fake, noise, phase)), weight: 1 }],
  };
}

/** An encoder of 4x4 pixels that keeps the sizes of what it was asked to read. */
export function watchingEncoder(): { readonly encoder: Encoder; readonly seen: Set<number> } {
  const seen = new Set<number>();
  const scale = createInitializer(4).normal("scale", [16, 1], 0.3) as tf.Variable<tf.Rank.R2>;
  const encoder: Encoder = {
    latentDim: 1,
    input: unitSpace(4, 1),
    weights: { scale },
    encode(x) {
      seen.add(x.shape[1]);
      const mean = tf.matMul(tf.reshape(x, [-1, 16]), scale) as tf.Tensor2D;
      return { mean, logVar: tf.zerosLike(mean) };
    },
  };
  return { encoder, seen };
}

/** Images of 4x4 random pixels, and what was asked of them. */
export function grainyDataset(size: number, pixelsOf: (index: number) => Float32Array): { readonly dataset: Dataset; readonly asked: number[][] } {
  const asked: number[][] = [];
  const dataset: Dataset = {
    name: "grain",
    fingerprint: "grain",
    size,
    image: unitSpace(4, 1),
    async batch(indices) {
      asked.push(Array.from(indices));
      const pixels = new Float32Array(indices.length * 16);
      Array.from(indices).forEach((index, row) => pixels.set(pixelsOf(index), row * 16));
      return pixels;
    },
  };
  return { dataset, asked };
}
