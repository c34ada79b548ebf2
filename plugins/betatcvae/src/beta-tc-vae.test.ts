import { createInitializer, IdganError, total, unitSpace, type VaeBackbone, type VaeStep } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import test from "ava";
import plugin, { type BetaTcVaeOptions } from "./index.js";

const latentDim = 3;
const defaults: BetaTcVaeOptions = { alpha: 1, beta: 6, gamma: 1, estimator: "weighted", decoder: "bernoulli", reduction: "sum", initialisation: "he" };

test.before(async () => {
  await tf.setBackend("cpu");
});

function build(options: Partial<BetaTcVaeOptions> = {}, datasetSize = 100): VaeBackbone {
  return plugin.build({ ...defaults, ...options }, { image: unitSpace(8, 1), latentDim, datasetSize, init: createInitializer(1) });
}

function update(): VaeStep {
  const c = tf.tensor2d([[0.5, -1, 2], [1, 0, -0.5]]);
  return {
    step: tf.scalar(0),
    x: tf.mul(tf.ones([2, 8, 8, 1]), 0.25),
    reconstruction: tf.ones([2, 8, 8, 1]),
    posterior: { mean: tf.zerosLike(c), logVar: tf.zerosLike(c) },
    c,
    noise: {},
  };
}

test("the terms are logged one by one, unweighted, with the weights of the options, and beside them the KL", (t) => {
  const terms = build({ alpha: 2, beta: 8, gamma: 0.5 }).loss(update());
  t.deepEqual(terms.map(({ name, weight, minimise }) => [name, weight, minimise ?? true]), [
    ["reconstruction", 1, true], ["mi", 2, true], ["tc", 8, true], ["dwkl", 0.5, true], ["kl", 1, false],
  ]);
  const value = Object.fromEntries(terms.map((term) => [term.name, term.value.dataSync()[0] ?? Number.NaN]));
  const { reconstruction = Number.NaN, mi = Number.NaN, tc = Number.NaN, dwkl = Number.NaN, kl = Number.NaN } = value;
  const sum = reconstruction + 2 * mi + 8 * tc + 0.5 * dwkl;
  t.true(Math.abs((total(terms).dataSync()[0] ?? Number.NaN) - sum) < 1e-5 * Math.abs(sum));
  t.is(kl, 0);
  // Every posterior is the prior, so log q(z|x) = log p(z) for every code.
  t.true(Math.abs(mi + tc + dwkl) < 1e-5);
});

test("posteriors that all are the prior carry nothing: exactly the estimator's constants", (t) => {
  const of = (estimator: BetaTcVaeOptions["estimator"]) => {
    const values = new Map(build({ estimator }, 100).loss(update()).map(({ name, value }) => [name, value.dataSync()[0] ?? Number.NaN]));
    return ["mi", "tc", "dwkl"].map((name) => values.get(name) ?? Number.NaN);
  };
  const near = (actual: readonly number[], expected: readonly number[]) => actual.every((value, i) => Math.abs(value - (expected[i] ?? Number.NaN)) < 1e-4);
  const constant = Math.log(100); // B posteriors alike, of weight 1/(B N) each
  t.true(near(of("weighted"), [constant, (latentDim - 1) * constant, -latentDim * constant]));
  t.true(near(of("stratified"), [0, 0, 0]));
});

test("a size of the dataset that is none is refused, not guessed", (t) => {
  for (const size of [Number.NaN, Infinity, 0, 1, -5, 12.5]) {
    t.throws(() => build({}, size), { instanceOf: IdganError, code: "BACKBONE_INVALID", message: /datasetSize/ }, String(size));
  }
});

test("the convention names the estimator and the size of the dataset", (t) => {
  t.regex(build({ estimator: "stratified" }, 737_280).lossConvention, /summed over pixels.*minibatch-stratified sampling from 737280 images/);
  t.regex(build({ reduction: "mean", decoder: "gaussian" }).lossConvention, /squared error.*averaged over pixels/);
});
