// Whether derivatives are what functions change by: those of the eager engine, first and second, beside central differences.
import { countOf, createStream, repairGradients } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import { lossOf, penaltyOf } from "./derivatives.js";
import { feedsOf, type Network } from "./network.js";

/** One of these steps is neither so long that curvature shows, nor so short that rounding does. */
const steps = [1e-2, 3e-3, 1e-3] as const;
/** Share of the derivative; and of the function's value, which float32 rounds, over the step. */
const tolerance = { derivative: 0.03, rounding: 4e-7 } as const;
/** Larger networks take long. */
const most = { images: 1500, out: 3000 } as const;

/** Whether differences say something of a network. */
export function canDiffer({ hasKinks, inputs, out }: Network): boolean {
  return !hasKinks && countOf(inputs[0]?.shape ?? []) <= most.images && countOf(out) <= most.out;
}

/** The derivatives along a random direction that are not what differences say, as sentences. */
export function wrongDerivatives(network: Network): readonly string[] {
  repairGradients();
  const feeds = feedsOf(network);
  const stream = createStream(network.seed, "networks/direction");
  const direction = feeds.map((feed, i) => stream.uniform(i, feed.length).map((value) => value - 0.5));
  const inputsAt = (step: number): tf.Tensor[] =>
    feeds.map((feed, i) => tf.tensor(feed.map((value, k) => value + step * (direction[i]?.[k] ?? 0)), [...(network.inputs[i]?.shape ?? [])]));

  return Object.entries({ loss: lossOf, penalty: penaltyOf }).flatMap(([name, of]) => {
    const apply = (images: tf.Tensor, ...weights: tf.Tensor[]): tf.Scalar => of(network, images, weights);
    const valueAt = (step: number): number => tf.tidy(() => apply(...(inputsAt(step) as [tf.Tensor, ...tf.Tensor[]])).dataSync()[0] ?? Number.NaN);
    const derivative = tf.tidy(() => {
      const along = tf.grads(apply)(inputsAt(0)).map((gradient, i) => tf.sum(tf.mul(gradient, tf.tensor(direction[i] ?? [], gradient.shape))));
      return tf.addN(along).dataSync()[0] ?? Number.NaN;
    });
    const value = Math.abs(valueAt(0));
    const differences = steps.map((step) => ({ step, slope: (valueAt(step) - valueAt(-step)) / (2 * step) }));
    const isRight = differences.some(({ step, slope }) => {
      const larger = Math.max(Math.abs(slope), Math.abs(derivative));
      return Math.abs(slope - derivative) <= tolerance.derivative * larger + (tolerance.rounding * value) / step;
    });
    return isRight ? [] : [`${name} changes by ${differences.map(({ slope }) => slope.toPrecision(4)).join(", ")} and its derivative is ${derivative.toPrecision(4)}`];
  });
}
