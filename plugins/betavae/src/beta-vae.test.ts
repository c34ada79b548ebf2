import test from "ava";
import * as tf from "@tensorflow/tfjs";
import { bernoulliLoss, createInitializer, gaussianLoss, total, unitSpace, type LossTerm, type VaeBackbone, type VaeStep } from "@idgan/core";
import plugin, { type BetaVaeOptions } from "./index.js";

const latentDim = 3;
const defaults: BetaVaeOptions = { beta: 4, decoder: "bernoulli", capacity: null, capacitySteps: 100, gamma: 1000, reduction: "sum", initialisation: "official" };
const tolerance = 1e-5;

test.before(async () => {
  await tf.setBackend("cpu");
});

function build(options: Partial<BetaVaeOptions> = {}): VaeBackbone {
  return plugin.build({ ...defaults, ...options }, { image: unitSpace(8, 1), latentDim, datasetSize: 10, init: createInitializer(1) });
}

/** An update whose KL is known: mean 1 in every latent of unit variance, so 1/2 for each. */
function update(step = 0): VaeStep {
  return {
    step: tf.scalar(step),
    x: tf.mul(tf.ones([2, 8, 8, 1]), 0.25),
    reconstruction: tf.ones([2, 8, 8, 1]),
    posterior: { mean: tf.ones([2, latentDim]), logVar: tf.zeros([2, latentDim]) },
    c: tf.ones([2, latentDim]),
    noise: {},
  };
}

const kl = 0.5 * latentDim;

function scalar(value: tf.Tensor | undefined): number {
  return value?.dataSync()[0] ?? Number.NaN;
}

function valueOf(terms: readonly LossTerm[], name: string): number {
  return scalar(terms.find((term) => term.name === name)?.value);
}

function near(actual: number, expected: number): boolean {
  return Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected));
}

test("the terms are the reconstruction and beta times the KL", (t) => {
  const terms = build({ beta: 8 }).loss(update());
  t.deepEqual(terms.map(({ name, weight }) => [name, weight]), [["reconstruction", 1], ["kl", 8]]);
  t.true(near(valueOf(terms, "kl"), kl));
  const { reconstruction, x } = update();
  t.true(near(valueOf(terms, "reconstruction"), scalar(bernoulliLoss(reconstruction, x))));
  t.true(near(scalar(total(terms)), valueOf(terms, "reconstruction") + 8 * kl));
});

test("the Gaussian decoder takes the squared error of the sigmoid", (t) => {
  const { reconstruction, x } = update();
  t.true(near(valueOf(build({ decoder: "gaussian" }).loss(update()), "reconstruction"), scalar(gaussianLoss(reconstruction, x))));
});

test("the capacity rises linearly, then stays, and pulls the KL to itself from both sides", (t) => {
  const vae = build({ capacity: 4, capacitySteps: 100, gamma: 10 });
  for (const [step, capacity] of [[0, 0], [25, 1], [50, 2], [100, 4], [1000, 4]] as const) {
    const terms = vae.loss(update(step));
    t.true(near(valueOf(terms, "capacity"), Math.abs(kl - capacity)));
    t.true(near(scalar(total(terms)), valueOf(terms, "reconstruction") + 10 * Math.abs(kl - capacity)));
    t.true(near(valueOf(terms, "kl"), kl), "the KL is still logged");
  }
});

test("encoder and decoder are those of the context, and the decoder's logits become images through a sigmoid", (t) => {
  const { encoder, decoder } = build();
  const x = tf.ones<tf.Rank.R4>([2, 8, 8, 1]);
  const { mean, logVar } = encoder.encode(x);
  t.deepEqual([mean.shape, logVar.shape], [[2, latentDim], [2, latentDim]]);
  const logits = decoder.decode(mean);
  t.deepEqual(logits.shape, [2, 8, 8, 1]);
  t.deepEqual(decoder.image(logits).dataSync(), tf.sigmoid(logits).dataSync());
  t.deepEqual([encoder.input, decoder.output, encoder.latentDim], [unitSpace(8, 1), unitSpace(8, 1), latentDim]);
});

test("two builds from one seed are alike", (t) => {
  const [a, b] = [build(), build()];
  for (const part of ["encoder", "decoder"] as const) {
    for (const [name, weight] of Object.entries(a[part].weights)) {
      t.deepEqual(weight.dataSync(), b[part].weights[name]?.dataSync());
    }
  }
});

test("every option is documented, and its default passes its own format", (t) => {
  for (const [name, option] of Object.entries(plugin.options)) {
    t.true(option.doc.length > 0, name);
    const check: (value: unknown) => void = option.format;
    t.notThrows(() => check(option.default), name);
    t.throws(() => check(Number.NaN), undefined, name);
  }
});
