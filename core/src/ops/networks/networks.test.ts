import test, { type ExecutionContext } from "ava";
import * as tf from "@tensorflow/tfjs";
import { readFileSync } from "node:fs";
import { unitSpace } from "../../contract/image-space.js";
import type { Weights } from "../../contract/weights.js";
import { logisticDiscriminatorLoss, logisticGeneratorLoss } from "../losses/adversarial.js";
import { negativeLogLikelihood } from "../losses/distillation.js";
import { klDivergence, reparameterise } from "../losses/gaussian-posterior.js";
import { gradientPenalty } from "../losses/gradient-penalty.js";
import { bernoulliLoss, gaussianLoss } from "../losses/reconstruction.js";
import { createStream } from "../random/stream.js";
import { createInitializer } from "../random/initializer.js";
import { createConvEncoder, createConvDecoder } from "./conv-networks.js";
import { createVaeDecoder, createVaeEncoder } from "./conv-vae.js";

interface Fixture {
  readonly batch: number;
  readonly cases: readonly {
    readonly size: number;
    readonly channels: number;
    readonly latentDim: number;
    readonly mean: readonly number[];
    readonly logVar: readonly number[];
    readonly logits: readonly number[];
    readonly bernoulli: number;
    readonly gaussian: number;
    readonly kl: number;
    readonly discriminator: number;
    readonly generator: number;
    readonly r1: number;
    readonly r1GradientNorms: Readonly<Record<string, number>>;
    readonly id: number;
  }[];
}

const fixture = JSON.parse(readFileSync(new URL("../../../../test/fixtures/losses.json", import.meta.url), "utf8")) as Fixture;
const tolerance = 1e-5;

test.before(async () => {
  await tf.setBackend("cpu");
});

test("the 64x64 networks have the official numbers of parameters", (t) => {
  const count = (channels: number, latentDim: number): [number, number] => {
    const context = { image: unitSpace(64, channels), latentDim, datasetSize: 1, init: createInitializer(1) };
    const networks = [createVaeEncoder(context), createVaeDecoder(context)] as const;
    const counts = networks.map(({ weights }) => Object.values(weights).reduce((sum, weight) => sum + weight.size, 0));
    tf.dispose(networks.map(({ weights }) => weights));
    return counts as [number, number];
  };
  t.deepEqual(count(1, 10), [382_932, 380_353]);
  t.deepEqual(count(3, 20), [389_096, 383_939]);
});

test("weights are N(0, 0.02) and biases 0", (t) => {
  const { weights } = createConvEncoder({ image: unitSpace(16, 1), outputs: 4, init: createInitializer(1) });
  const kernel = Array.from(weights["conv3/kernel"]?.dataSync() ?? []);
  const deviation = Math.sqrt(kernel.reduce((sum, value) => sum + value * value, 0) / kernel.length);
  t.true(Math.abs(deviation - 0.02) < 1e-4);
  t.true(weights["conv3/bias"]?.dataSync().every((value) => value === 0));
  tf.dispose(weights);
});

test("He's weights keep the size of activations, so that codes and logits are of order 0.02 times the last layer's fan-in", (t) => {
  const init = createInitializer(1);
  const encoder = createConvEncoder({ image: unitSpace(16, 1), outputs: 8, init: init.scope("encoder"), std: "he" });
  const decoder = createConvDecoder({ image: unitSpace(16, 1), inputs: 8, init: init.scope("decoder"), std: "he" });
  tf.tidy(() => {
    const stream = createStream(1, "images");
    const code = encoder.apply(tf.tensor4d(stream.normal(0, 8 * 16 * 16), [8, 16, 16, 1]));
    const logits = decoder.apply(tf.tensor2d(stream.normal(1, 8 * 8), [8, 8]));
    for (const [name, values] of [["code", code], ["logits", logits]] as const) {
      const size = Math.sqrt(tf.mean(tf.square(values)).dataSync()[0] ?? 0);
      const expected = 0.02 * Math.sqrt((name === "code" ? 256 : 4 * 64) / 2); // half of a ReLU's mean square is lost
      t.true(size > expected / 3 && size < expected * 3, `${name}: root mean square ${size}, expected about ${expected}`);
    }
  });
  const kernel = Array.from(encoder.weights["conv3/kernel"]?.dataSync() ?? []);
  const deviation = Math.sqrt(kernel.reduce((sum, value) => sum + value * value, 0) / kernel.length);
  t.true(Math.abs(deviation / Math.sqrt(2 / 1024) - 1) < 0.01); // the 4x4 image of 64 channels
  tf.dispose([encoder.weights, decoder.weights]);
});

test("every power of two from 8 has networks that halve down to 4x4 and back", (t) => {
  for (const size of [8, 16, 32, 64, 128]) {
    const image = unitSpace(size, 3);
    const init = createInitializer(1);
    const encoder = createConvEncoder({ image, outputs: 5, init: init.scope("encoder") });
    const decoder = createConvDecoder({ image, inputs: 5, init: init.scope("decoder") });
    tf.tidy(() => {
      const h = encoder.apply(tf.zeros([1, size, size, 3]));
      t.deepEqual(h.shape, [1, 5]);
      t.deepEqual(decoder.apply(h).shape, [1, size, size, 3]);
    });
    tf.dispose([encoder.weights, decoder.weights]);
  }
});

test("sizes that cannot be halved to 4x4 are refused", (t) => {
  const init = createInitializer(1);
  for (const image of [unitSpace(4, 1), unitSpace(48, 1), { ...unitSpace(64, 1), width: 32 }]) {
    t.throws(() => createConvEncoder({ image, outputs: 1, init }), { code: "BACKBONE_INVALID", message: /8, 16, 32, 64.*Set vae\.size or gan\.size to/ });
    t.throws(() => createVaeDecoder({ image, latentDim: 2, datasetSize: 1, init: createInitializer(1) }), { message: /Set vae\.size to/ });
  }
});

for (const expected of fixture.cases) {
  const { size, channels, latentDim } = expected;
  test(`networks, losses and R1 at ${size}x${size}x${channels} are PyTorch's`, (t) => {
    const before = tf.memory().numTensors;
    const image = unitSpace(size, channels);
    const init = createInitializer(1);
    const context = { image, latentDim, datasetSize: 1, init };
    const encoder = createVaeEncoder(context);
    const decoder = createVaeDecoder(context);
    const discriminator = createConvEncoder({ image, outputs: 1, init: init.scope("discriminator") });
    for (const { weights } of [encoder, decoder, discriminator]) {
      assignFormula(weights);
    }
    tf.tidy(() => {
      const x = tf.add<tf.Tensor4D>(formula([fixture.batch, size, size, channels], 50, 1), 0.5);
      const posterior = encoder.encode(x);
      const c = reparameterise(posterior, formula([fixture.batch, latentDim], 51, 4) as tf.Tensor2D);
      const logits = decoder.decode(c);
      close(t, "mean", posterior.mean.dataSync(), expected.mean);
      close(t, "logVar", posterior.logVar.dataSync(), expected.logVar);
      const stride = Math.max(1, Math.floor(logits.size / expected.logits.length));
      close(t, "logits", logits.dataSync().filter((_, i) => i % stride === 0).slice(0, expected.logits.length), expected.logits);
      close(t, "bernoulli", bernoulliLoss(logits, x).dataSync(), [expected.bernoulli]);
      close(t, "gaussian", gaussianLoss(logits, x).dataSync(), [expected.gaussian]);
      close(t, "kl", klDivergence(posterior).dataSync(), [expected.kl]);

      const fake = tf.tanh(logits);
      const real = tf.sub<tf.Tensor4D>(tf.mul(x, 2), 1);
      const fakeLogits = discriminator.apply(fake);
      close(t, "discriminator", logisticDiscriminatorLoss(discriminator.apply(real), fakeLogits).dataSync(), [expected.discriminator]);
      close(t, "generator", logisticGeneratorLoss(fakeLogits).dataSync(), [expected.generator]);
      const seen = encoder.encode(tf.add(tf.mul(fake, 0.5), 0.5));
      close(t, "id", negativeLogLikelihood(c, seen).dataSync(), [expected.id]);

      const trained = Object.entries(discriminator.weights);
      const { value, grads } = tf.variableGrads(
        () => gradientPenalty((images) => discriminator.apply(images), real),
        trained.map(([, weight]) => weight),
      );
      close(t, "r1", value.dataSync(), [expected.r1]);
      for (const [name, weight] of trained) {
        const gradient = grads[weight.name];
        close(t, `gradient of r1 in ${name}`, gradient === undefined ? [0] : tf.norm(gradient).dataSync(), [expected.r1GradientNorms[name] ?? Number.NaN]);
      }
    });
    tf.dispose([encoder.weights, decoder.weights, discriminator.weights]);
    t.is(tf.memory().numTensors, before);
  });
}

/** As test/fixtures/formula.py. */
function formula(shape: [number, number] | [number, number, number, number] | number[], salt: number, scale: number): tf.Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return tf.tensor(Float32Array.from({ length: count }, (_, i) => (((i * 7919 + salt * 104729) % 1009) / 1009 - 0.5) * scale), [...shape]);
}

function assignFormula(weights: Weights): void {
  for (const [salt, name] of Object.keys(weights).sort().entries()) {
    const weight = weights[name];
    const fanIn = (weight?.size ?? 0) / (weight?.shape.at(-1) ?? 1);
    tf.tidy(() => weight?.assign(formula(weight.shape, salt, weight.rank > 1 ? 4 / Math.sqrt(fanIn) : 0.1)));
  }
}

function close(t: ExecutionContext, what: string, actual: ArrayLike<number>, expected: readonly number[]): void {
  const scale = Math.max(...expected.map(Math.abs), Number.MIN_VALUE);
  const error = Math.max(...expected.map((value, i) => Math.abs((actual[i] ?? Number.NaN) - value)));
  t.true(actual.length === expected.length && (error === 0 || error / scale < tolerance), `${what}: ${error / scale}`);
}
