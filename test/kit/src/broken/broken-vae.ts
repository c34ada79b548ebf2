import {
  createInitializer,
  nonNegative,
  type Format,
  type LossTerm,
  type Options,
  type VaeBackbone,
  type VaeContext,
  type VaePlugin,
  type VaeStep,
} from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import { buildReferenceVae, referenceVae, type ReferenceVaeOptions } from "../reference/reference-vae.js";
import { changeTerm, type Broken } from "./broken.js";
import { drawUnseeded } from "./unseeded-initializer.js";

type Build = (options: ReferenceVaeOptions, context: VaeContext) => VaeBackbone;

/** The reference VAE with one fault each. */
export const brokenVaes: readonly Broken<VaePlugin>[] = [
  broken("has no core range", "says its kind", { core: "" }),
  broken("does not document an option", "documents every option", { options: withOption({ doc: "" }) }),
  broken("has a default that its own format refuses", "accepts its own defaults", { options: withOption({ default: -1 }) }),
  broken("takes NaN for a weight", "refuses NaN", { options: withOption({ format: anyNumber() }) }),
  built("builds nothing", "builds an encoder", () => ({}) as VaeBackbone),
  built("has a decoder without its image", "builds an encoder", (options, context) => {
    const { decoder, ...good } = buildReferenceVae(options, context);
    return { ...good, decoder: { ...decoder, image: undefined as never } };
  }),
  built("does not say its loss convention", "builds an encoder", (options, context) => ({ ...buildReferenceVae(options, context), lossConvention: "" })),
  built("draws its weights with Math.random", "from one seed", (options, context) => buildReferenceVae(options, { ...context, init: drawUnseeded(context.init) })),
  built("ignores the seed", "from another seed", (options, context) => buildReferenceVae(options, { ...context, init: createInitializer(7) })),
  built("declares a weight that never trains", "every declared weight", (options, context) => {
    const good = buildReferenceVae(options, context);
    const idle = context.init.constant("idle", [1], 1);
    return {
      ...good,
      encoder: { ...good.encoder, weights: { ...good.encoder.weights, idle } },
      loss: (step) => changeFirst(good.loss(step), (value) => tf.add(value, tf.mul(0, tf.sum(idle)))),
    };
  }),
  built("trains a gain that it does not declare", "declares every trainable", (options, context) => {
    const good = buildReferenceVae(options, context);
    const gain = context.init.constant("gain", [1], 1);
    return { ...good, decoder: { ...good.decoder, decode: (c) => tf.mul(good.decoder.decode(c), gain) } };
  }),
  lossy("names two terms alike", "names of their own", (terms) => terms.map((term) => changeTerm(term, { name: "loss" }))),
  lossy("names a term as core does", "names of their own", (terms) => terms.map((term, i) => (i === 0 ? changeTerm(term, { name: "total" }) : term))),
  lossy("logs a term that is NaN", "names of their own", (terms) => [...terms, { name: "logged", value: tf.scalar(Number.NaN), weight: 1, minimise: false }]),
  lossy("does not reduce a term", "names of their own", (terms, { posterior }) => [...terms, { name: "spread", value: tf.mean(posterior.logVar, 1), weight: 0.1 }]),
  built("weighs the batch's mean code, and says that it takes each image by itself", "gradients that add up", (options, context) => {
    const { adversary, ...good } = buildReferenceVae(options, context);
    for (const weight of Object.values(adversary?.weights ?? {})) weight.trainable = false;
    return {
      ...good,
      batchGroup: 1,
      loss: (step) => [...good.loss(step).filter(({ name }) => name !== "prior"), { name: "centre", value: tf.sum(tf.square(tf.mean(step.c, 0))), weight: 1 }],
    };
  }),
  lossy("climbs its loss", "lowers each loss", (terms) => terms.map((term) => changeTerm(term, { value: reverse(term.value) }))),
  lossy("keeps a tensor in every update", "leaves no tensor", (terms) => {
    tf.keep(tf.scalar(1));
    return terms;
  }),
  built("computes with a running mean that it does not declare", "another build", (options, context) => {
    const good = buildReferenceVae(options, context);
    const mean = tf.tidy(() => tf.variable(tf.scalar(0), false));
    return {
      ...good,
      decoder: { ...good.decoder, decode: (c) => tf.add(good.decoder.decode(c), mean) },
      loss(step) {
        mean.assign(tf.add(tf.mul(0.9, mean), tf.mul(0.1, tf.mean<tf.Scalar>(step.x))));
        return good.loss(step);
      },
    };
  }),
  built("replaces Math.random", "nothing global", (options, context) => {
    const { random } = Math;
    Math.random = () => random();
    return buildReferenceVae(options, context);
  }),
  built("registers a gradient", "nothing global", (options, context) => {
    const gradient = tf.getGradient("Cosh");
    tf.unregisterGradient("Cosh");
    tf.registerGradient({ ...gradient, kernelName: "Cosh" });
    return buildReferenceVae(options, context);
  }),
  lossy("reads a tensor", "can be traced", (terms) => changeFirst(terms, (value) => tf.mul(value, value.dataSync()[0] === 0 ? 2 : 1))),
  lossy("draws a random number", "can be traced", (terms) => changeFirst(terms, (value) => tf.add(value, tf.mul(0, tf.sum(tf.randomNormal([2])))))),
  built("captures noise that it drew before", "can be traced", (options, context) => {
    const good = buildReferenceVae(options, context);
    const noise = new Float32Array(8192).map((_, i) => Math.sin(i));
    return { ...good, loss: (step) => changeFirst(good.loss(step), (value) => tf.add(value, tf.sum(tf.tensor1d(noise)))) };
  }),
  built("has one log variance for all latents", "a mean and a log variance", (options, context) => {
    const good = buildReferenceVae(options, context);
    const encode = (x: tf.Tensor4D) => {
      const { mean, logVar } = good.encoder.encode(x);
      return { mean, logVar: tf.mean<tf.Tensor2D>(logVar, 1, true) };
    };
    return { ...good, encoder: { ...good.encoder, encode } };
  }),
  built("detaches its encoder from the image", "lets gradients through", (options, context) => {
    const good = buildReferenceVae(options, context);
    return { ...good, encoder: { ...good.encoder, encode: (x) => good.encoder.encode(detach(x)) } };
  }),
  built("shows logits as images", "keeps images in the declared range", (options, context) => {
    const good = buildReferenceVae(options, context);
    return { ...good, decoder: { ...good.decoder, image: (decoded) => decoded } };
  }),
  built("changes its encoder while it is frozen", "every byte of the frozen encoder", (options, context) => {
    const good = buildReferenceVae(options, context);
    const encode = (x: tf.Tensor4D) => {
      for (const variable of Object.values(good.encoder.weights)) if (!variable.trainable) variable.assign(tf.mul(variable, 0.99));
      return good.encoder.encode(x);
    };
    return { ...good, encoder: { ...good.encoder, encode } };
  }),
  built("says its loss convention in a word", "in a line what its loss sums", (options, context) => ({ ...buildReferenceVae(options, context), lossConvention: "nats" })),
  lossy("weighs its pixels by the variance of the images", "images of one colour", (terms, { x }) => changeFirst(terms, (value) => tf.div(value, tf.moments(x).variance))),
  lossy("estimates a variance from one image", "a batch of one", (terms, { c }) => [...terms, { name: "spread", value: varianceOf(c), weight: 0.01 }]),
  built("divides by the size of the dataset without looking", "size of the dataset", (options, context) => {
    const good = buildReferenceVae(options, context);
    return { ...good, loss: (step) => [...good.loss(step), { name: "share", value: tf.scalar(Math.log(context.datasetSize)), weight: 1 }] };
  }),
  built("declares a second batch that it does not use", "the second batch", (options, context) => {
    const good = buildReferenceVae(options, context);
    return good.adversary ? { ...good, adversary: { ...good.adversary, secondBatch: true } } : good;
  }),
  built("has an adversary that trains the encoder", "trains the VAE and its adversary apart", (options, context) => {
    const good = buildReferenceVae(options, context);
    const { adversary, encoder } = good;
    if (!adversary) return good;
    return {
      ...good,
      adversary: {
        weights: { ...adversary.weights, ...encoder.weights },
        loss(step) {
          const { mean, logVar } = encoder.encode(step.x);
          return adversary.loss({ ...step, c: tf.add(mean, tf.exp(logVar)) });
        },
      },
    };
  }),
];

function broken(fault: string, fails: string, change: Partial<VaePlugin<ReferenceVaeOptions>>): Broken<VaePlugin> {
  return { fault, fails, plugin: { ...referenceVae, ...change } };
}

function built(fault: string, fails: string, build: Build): Broken<VaePlugin> {
  return broken(fault, fails, { build });
}

function lossy(fault: string, fails: string, change: (terms: readonly LossTerm[], step: VaeStep) => readonly Faulty[]): Broken<VaePlugin> {
  return built(fault, fails, (options, context) => {
    const good = buildReferenceVae(options, context);
    return { ...good, loss: (step) => change(good.loss(step), step) as readonly LossTerm[] };
  });
}

/** A term that TypeScript would refuse. */
type Faulty = Omit<LossTerm, "value"> & { readonly value: tf.Tensor };

function changeFirst(terms: readonly LossTerm[], change: (value: tf.Scalar) => tf.Scalar): readonly LossTerm[] {
  return terms.map((term, i) => (i === 0 ? changeTerm(term, { value: change(term.value) }) : term));
}

function withOption(change: Partial<Options<ReferenceVaeOptions>["beta"]>): Options<ReferenceVaeOptions> {
  return { beta: { ...referenceVae.options.beta, ...change } };
}

/** As convict's `format: Number`, which lets NaN through. */
function anyNumber(): Format<number> {
  const check = (value: unknown): void => {
    if (typeof value !== "number") throw new Error(`must be ${nonNegative.expected}`);
  };
  return Object.assign(check, { expected: nonNegative.expected });
}

const detach = tf.customGrad<tf.Tensor4D>((x) => ({ value: tf.clone(x as tf.Tensor4D), gradFunc: (dy) => tf.zerosLike(dy) }));
const reverse = tf.customGrad<tf.Scalar>((x) => ({ value: tf.clone(x as tf.Scalar), gradFunc: (dy) => tf.neg(dy) }));

/** Over the batch, without bias: a sum of no deviations over 0 for a single code. */
function varianceOf(c: tf.Tensor2D): tf.Scalar {
  const deviations = tf.sum(tf.square(tf.sub(c, tf.mean(c, 0, true))));
  return tf.div(deviations, c.shape[0] - 1);
}
