import test from "ava";
import * as tf from "@tensorflow/tfjs";
import { IdganError } from "../../contract/error.js";
import { differentiate } from "../differentiate.js";
import { createStream } from "../random/stream.js";
import { logisticDiscriminatorLoss, logisticGeneratorLoss } from "./adversarial.js";
import { negativeLogLikelihood } from "./distillation.js";
import { klDivergence, klPerLatent, reparameterise } from "./gaussian-posterior.js";
import { gradientPenalty } from "./gradient-penalty.js";
import { bernoulliLoss, gaussianLoss } from "./reconstruction.js";
import { total } from "./total.js";

const tolerance = 1e-6;

test.before(async () => {
  await tf.setBackend("cpu");
});

function near(actual: tf.Tensor, expected: number): boolean {
  return Math.abs((actual.dataSync()[0] ?? Number.NaN) - expected) <= tolerance * Math.max(1, Math.abs(expected));
}

function normal(shape: [number, number], step: number): tf.Tensor2D {
  return tf.tensor2d(createStream(5, "losses").normal(step, shape[0] * shape[1]), shape);
}

/** Four logits of one value. */
function every(logit: number): tf.Tensor2D {
  return tf.tensor2d([logit, logit, logit, logit], [4, 1]);
}

test("the KL of a standard normal is 0, and that of mean 1 in ten dimensions is 5", (t) => {
  const zeros = tf.zeros<tf.Rank.R2>([4, 10]);
  t.true(near(klDivergence({ mean: zeros, logVar: zeros }), 0));
  t.true(near(klDivergence({ mean: tf.ones([4, 10]), logVar: zeros }), 5));
  // variance e: 1/2 (e - 1 - 1) for each dimension
  t.true(near(klDivergence({ mean: zeros, logVar: tf.ones([4, 10]) }), 5 * (Math.E - 2)));
});

test("the KL of each latent is averaged over the batch, and sums to the KL", (t) => {
  const logVar = tf.zeros<tf.Rank.R2>([2, 3]);
  t.deepEqual([...klPerLatent({ mean: tf.tensor2d([[0, 1, 2], [0, 1, 4]]), logVar }).dataSync()], [0, 0.5, 5]);
  const posterior = { mean: normal([4, 3], 0), logVar: normal([4, 3], 1) };
  t.true(near(klDivergence(posterior), Array.from(klPerLatent(posterior).dataSync()).reduce((a, b) => a + b)));
});

test("a sample is mean + std * eps", (t) => {
  const c = reparameterise({ mean: tf.tensor2d([[1, 2]]), logVar: tf.tensor2d([[0, 2 * Math.log(3)]]) }, tf.tensor2d([[0.5, -1]]));
  t.true(Math.abs((c.dataSync()[0] ?? 0) - 1.5) < tolerance && Math.abs((c.dataSync()[1] ?? 0) + 1) < tolerance);
});

test("the Bernoulli loss of undecided logits is ln 2 for each pixel and channel, summed, averaged over the batch", (t) => {
  const shape: [number, number, number, number] = [3, 4, 5, 2];
  t.true(near(bernoulliLoss(tf.zeros(shape), tf.ones(shape)), 40 * Math.LN2));
  t.true(near(bernoulliLoss(tf.mul<tf.Tensor4D>(tf.ones(shape), Math.log(3)), tf.ones(shape)), 40 * Math.log(4 / 3)));
});

test("the Bernoulli loss is finite and exact for logits of 100 and gradients are sigmoid(l) - x", (t) => {
  const pixel = (value: number): tf.Tensor4D => tf.tensor4d([value], [1, 1, 1, 1]);
  t.true(near(bernoulliLoss(pixel(100), pixel(0)), 100));
  t.true(near(bernoulliLoss(pixel(100), pixel(1)), 0));
  t.true(near(bernoulliLoss(pixel(-100), pixel(1)), 100));
  const gradient = tf.grad((logits) => bernoulliLoss(logits as tf.Tensor4D, pixel(0.25)));
  t.true(near(gradient(pixel(Math.log(3))), 0.75 - 0.25));
});

test("the Gaussian loss is the squared error of the sigmoid, without a factor 1/2", (t) => {
  const shape: [number, number, number, number] = [3, 4, 5, 2];
  t.true(near(gaussianLoss(tf.zeros(shape), tf.ones(shape)), 40 * 0.25));
});

test("the negative log-likelihood at the mean with unit variance is d/2 ln 2 pi", (t) => {
  const c = normal([4, 10], 2);
  const logVar = tf.zeros<tf.Rank.R2>([4, 10]);
  const atMean = 5 * Math.log(2 * Math.PI);
  t.true(near(negativeLogLikelihood(c, { mean: c, logVar }), atMean));
  t.true(near(negativeLogLikelihood(tf.add(c, 2), { mean: c, logVar }), atMean + 20));
  t.true(near(negativeLogLikelihood(c, { mean: c, logVar: tf.add(logVar, 3) }), atMean + 15));
});

test("the negative log-likelihood stays finite where the encoder claims a variance of 0", (t) => {
  const loss = negativeLogLikelihood(tf.ones([1, 1]), { mean: tf.zeros([1, 1]), logVar: tf.tensor2d([[-200]]) });
  t.true(near(loss, 0.5 * (Math.log(2 * Math.PI) - 200 + 1e8)));
});

test("the logistic losses of undecided logits are 2 ln 2 and ln 2, and grow linearly where the generator loses", (t) => {
  const zeros = tf.zeros([4, 1]);
  t.true(near(logisticDiscriminatorLoss(zeros, zeros), 2 * Math.LN2));
  t.true(near(logisticGeneratorLoss(zeros), Math.LN2));
  t.true(near(logisticGeneratorLoss(every(-50)), 50));
  t.true(near(logisticDiscriminatorLoss(every(50), every(-50)), 0));
});

test("R1 of a linear discriminator is the squared norm of its weights, whatever the batch", (t) => {
  const weights = normal([12, 1], 3);
  const linear = (x: tf.Tensor4D): tf.Tensor => tf.matMul(tf.reshape(x, [-1, 12]), weights);
  const norm = Array.from(weights.dataSync()).reduce((sum, w) => sum + w * w, 0);
  for (const batch of [1, 5]) {
    t.true(near(gradientPenalty(linear, tf.reshape(normal([batch, 12], 4), [batch, 2, 2, 3])), norm));
  }
});

test("R1 of a quadratic discriminator differentiates in its parameter", (t) => {
  const scale = tf.variable(tf.scalar(3));
  const x = tf.reshape(normal([5, 4], 6), [5, 2, 2, 1]) as tf.Tensor4D;
  const squares = Array.from(x.dataSync()).reduce((sum, value) => sum + value * value, 0) / 5;
  const penalty = (): tf.Scalar => gradientPenalty((image) => tf.mul(scale, tf.square(image)), x); // (2 a x)^2
  const { value, grads } = tf.variableGrads(penalty, [scale]);
  t.true(near(value, 36 * squares));
  t.true(near(grads[scale.name] ?? tf.scalar(Number.NaN), 24 * squares));
});

test("the total is the weighted sum of the minimised terms, with weights as numbers or scalars", (t) => {
  const sum = total([
    { name: "reconstruction", value: tf.scalar(2), weight: 1 },
    { name: "kl", value: tf.scalar(3), weight: tf.scalar(4) },
    { name: "tc", value: tf.scalar(100), weight: 1, minimise: false },
    { name: "off", value: tf.scalar(Number.NaN), weight: 0 },
    { name: "id", value: tf.scalar(10), weight: 0.5 },
  ]);
  t.true(near(sum, 19));
});

test("the total refuses names twice, what is no scalar, weights that are not finite, and nothing to minimise", (t) => {
  const value = tf.scalar(1);
  const refuse = (terms: Parameters<typeof total>[0], message: RegExp): void => {
    t.throws(() => total(terms), { code: "BACKBONE_INVALID", message });
  };
  refuse([{ name: "kl", value, weight: 1 }, { name: "kl", value, weight: 1 }], /Two loss terms are named "kl"/);
  refuse([{ name: "kl", value: tf.ones([2]) as unknown as tf.Scalar, weight: 1 }], /"kl" is a tensor of shape \[2\]/);
  refuse([{ name: "kl", value: 3 as unknown as tf.Scalar, weight: 1 }], /"kl" is no tensor \(number\)/);
  refuse([{ name: "kl", value, weight: Number.NaN }], /weight of the loss term "kl" is NaN/);
  refuse([{ name: "kl", value, weight: tf.ones([2]) as unknown as tf.Scalar }], /weight of the loss term "kl" is a tensor of shape \[2\]/);
  refuse([{ name: "kl", value, weight: 1, minimise: false }], /No loss term is minimised \(of kl\)/);
  refuse([], /No loss term is minimised \(of none\)/);
  refuse([{ name: "total", value, weight: 1 }], /A loss term is named "total", as the sum of all terms is logged/);
  refuse([{ name: "kl", value, weight: 1 }, { value, weight: 1 } as never], /Loss term 2 has no name/);
  refuse([undefined as never], /Loss term 1 has no name/);
  refuse({ name: "kl", value, weight: 1 } as never, /The loss terms are no list \(object\)/);
});

test("faulty terms are refused by name before tfjs is given their tensors, and right ones leave nothing behind", (t) => {
  const w = tf.variable(tf.scalar(3));
  const differentiated = (second: object) => (): void =>
    tf.tidy(() => void differentiate({ w }, () => ({ terms: [{ name: "square", value: tf.square(w), weight: 1 }, { weight: 1, ...second } as never], keep: {} })));
  for (const [second, message] of [
    [{ name: "number", value: 3 }, /"number" is no tensor \(number\)/],
    [{ name: "nothing" }, /"nothing" is no tensor \(undefined\)/],
    [{ name: "square", value: w }, /Two loss terms are named "square"/],
    [{ name: "total", value: w }, /named "total"/],
  ] as const) {
    t.throws(differentiated(second), { instanceOf: IdganError, code: "BACKBONE_INVALID", message });
  }
  const before = tf.memory().numTensors;
  tf.tidy(() => {
    const { values, gradients } = differentiate({ w }, () => ({ terms: [{ name: "square", value: tf.square(w), weight: 2 }], keep: {} }));
    t.deepEqual([values["square"]?.dataSync()[0], values["total"]?.dataSync()[0], gradients["w"]?.dataSync()[0]], [9, 18, 12]);
  });
  t.is(tf.memory().numTensors, before);
  w.dispose();
});

test("both reconstructions can be averaged over pixels and channels instead of summed", (t) => {
  const shape: [number, number, number, number] = [2, 4, 4, 3];
  const [logits, x] = [tf.tensor4d(createStream(1, "logits").normal(0, 96), shape), tf.tensor4d(createStream(1, "x").uniform(0, 96), shape)];
  for (const loss of [bernoulliLoss, gaussianLoss]) {
    const [sum = Number.NaN, mean = Number.NaN] = [loss(logits, x, "sum"), loss(logits, x, "mean")].map((value) => value.dataSync()[0]);
    t.is(loss(logits, x).dataSync()[0], sum);
    t.true(Math.abs(mean * 4 * 4 * 3 - sum) < 1e-4 * sum);
  }
});
