import type { GanBackbone, GanContext, GanPlugin, Generator } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import { buildReferenceGan, referenceGan, type ReferenceGanOptions } from "../reference/reference-gan.js";
import { changeTerm, type Broken } from "./broken.js";

/** The reference GAN with one fault each. */
export const brokenGans: readonly Broken<GanPlugin>[] = [
  built("builds nothing", "builds a generator", () => undefined as never),
  built("has no discriminator", "builds a generator", (good) => ({ ...good, discriminator: undefined as never })),
  generating("ignores c", "every dimension of c", ({ generate }) => ({ generate: (s, c) => generate(s, tf.zerosLike(c)) })),
  generating("ignores the last dimension of c", "every dimension of c", ({ generate, latentDim }) => ({
    generate: (s, c) => generate(s, tf.mul(c, tf.tensor1d(Array.from({ length: latentDim }, (_, i) => (i < latentDim - 1 ? 1 : 0))))),
  })),
  generating("ignores s", "every dimension of s", ({ generate }) => ({ generate: (s, c) => generate(tf.zerosLike(s), c) })),
  generating("declares another range than it was asked for", "images of the declared space", ({ output }) => ({ output: { ...output, range: [-2, 2] } })),
  generating("has no bound on its pixels", "in the declared range, whatever its weights", ({ generate }) => ({
    generate: (s, c) => tf.mul(generate(s, c), 1.5),
  })),
  generating("divides by the number of nuisances", "without a nuisance", ({ generate, nuisanceDim }) => ({
    generate: (s, c) => generate(s, tf.div(c, nuisanceDim)),
  })),
  built("returns probabilities for logits", "unbounded logit", (good) => judging(good, (logits) => tf.sigmoid(logits))),
  built("returns logits without their second axis", "unbounded logit", (good) => judging(ungrouped(good), (logits) => tf.squeeze(logits, [1]))),
  built("returns three logits for each image", "unbounded logit", (good) => judging(ungrouped(good), (logits) => tf.tile(logits, [1, 3]))),
  built("has an activation whose slope is held constant", "differentiates twice", (good) => judging(good, (logits) => tf.add(logits, squash(tf.mul(logits, 4))))),
  built("compares its logits with the batch's mean, and says that it takes each image by itself", "gradients that add up", (good) => judging(good, (logits) => tf.sub(logits, tf.mul(0.5, tf.tanh(tf.mean(logits)))))),
  built("shares a kernel between its networks", "discriminator and the generator apart", (good) => {
    const { generator, discriminator } = good;
    const shared = discriminator.weights["judge/kernel"] as tf.Variable;
    return {
      ...good,
      generator: {
        ...generator,
        weights: { ...generator.weights, shared },
        generate: (s, c) => tf.mul(generator.generate(s, c), tf.sigmoid(tf.mean(shared))),
      },
    };
  }),
  built("names a term as core does", "names of their own", (good) => ({ ...ungrouped(good), generatorLoss: (step) => good.generatorLoss(step).map((term) => changeTerm(term, { name: "id" })) })),
  built("climbs the generator's loss", "lowers each loss", (good) => ({
    ...good,
    generatorLoss: (step) => good.generatorLoss(step).map((term) => changeTerm(term, { value: reverse(term.value) })),
  })),
];

function built(fault: string, fails: string, change: (good: GanBackbone) => GanBackbone): Broken<GanPlugin> {
  const build = (options: ReferenceGanOptions, context: GanContext) => change(buildReferenceGan(options, context));
  const plugin: GanPlugin<ReferenceGanOptions> = { ...referenceGan, build };
  return { fault, fails, plugin };
}

function generating(fault: string, fails: string, change: (generator: Generator) => Partial<Generator>): Broken<GanPlugin> {
  return built(fault, fails, (good) => ({ ...good, generator: { ...good.generator, ...change(good.generator) } }));
}

/** `good` without a word on groups, so that stage 2, which would refuse it, makes no microbatches of it. */
function ungrouped(good: GanBackbone): GanBackbone {
  const { batchGroup: _, ...whole } = good;
  return whole;
}

/** `good` with other logits, in its losses too. */
function judging(good: GanBackbone, change: (logits: tf.Tensor2D) => tf.Tensor): GanBackbone {
  const logits = (x: tf.Tensor4D) => change(good.discriminator.logits(x)) as tf.Tensor2D;
  return {
    ...good,
    discriminator: { ...good.discriminator, logits },
    discriminatorLoss: ({ real, fake }) => {
      const value = tf.add<tf.Scalar>(tf.mean(tf.softplus(tf.neg(logits(real)))), tf.mean(tf.softplus(logits(fake))));
      return [{ name: "adversarial", value, weight: 1 }];
    },
    generatorLoss: ({ fake }) => [{ name: "adversarial", value: tf.mean(tf.softplus(tf.neg(logits(fake)))), weight: 1 }],
  };
}

const hold = tf.customGrad<tf.Tensor2D>((x) => ({ value: tf.clone(x as tf.Tensor2D), gradFunc: (dy) => tf.zerosLike(dy) }));

/** tanh with a right derivative of its own that has none itself, as a straight-through estimator's. */
const squash = tf.customGrad<tf.Tensor2D>((x, save) => {
  if (typeof save === "function") save([x as tf.Tensor2D]);
  return { value: tf.tanh(x as tf.Tensor2D), gradFunc: (dy, [saved]) => tf.mul(hold(tf.sub(1, tf.square(tf.tanh(saved as tf.Tensor2D)))), dy) };
});

const reverse = tf.customGrad<tf.Scalar>((x) => ({ value: tf.clone(x as tf.Scalar), gradFunc: (dy) => tf.neg(dy) }));
