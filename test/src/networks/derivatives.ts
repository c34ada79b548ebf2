// What is asked of a network: its output, the gradients of a loss, and, as R1 needs them, those of the squared gradient by the images.
import { countOf, createStream } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import type { Network } from "./network.js";

/** What is done to every layer's output; nothing, but for `disturbanceOf`. */
export type Disturbance = (output: tf.Tensor, layer: number) => tf.Tensor;

/** More than float32's rounding of one layer, and too little for any smooth function to show. */
const rounding = 1e-6;

/** Keeps the penalty of ordinary size. */
const penaltyWeight = 100;

/** Multiplies each output by numbers within `rounding` of 1; another `draw`, other numbers. */
export function disturbanceOf({ seed }: Network, draw: number): Disturbance {
  const stream = createStream(seed, `networks/disturbance/${draw}`);
  return (output, layer) => tf.mul(output, tf.tensor(stream.uniform(layer, output.size).map((value) => 1 + rounding * (2 * value - 1)), output.shape));
}

/** A mean of the output's numbers, each with a factor of its own, and of their squares. */
export function lossOf(network: Network, images: tf.Tensor, weights: readonly tf.Tensor[], disturbance?: Disturbance): tf.Scalar {
  const output = network.run(images, weights, disturbance);
  const factors = tf.reshape(tf.add(tf.sin(tf.range(0, countOf(network.out))), 0.1), [...network.out]);
  return tf.mean(tf.add(tf.mul(output, factors), tf.mul(tf.square(output), 0.5)));
}

/** The squared norm of the loss's gradient by the images. */
export function penaltyOf(network: Network, images: tf.Tensor, weights: readonly tf.Tensor[], disturbance?: Disturbance): tf.Scalar {
  const gradient = tf.grad((x) => lossOf(network, x, weights, disturbance))(images);
  return tf.mul(tf.sum(tf.square(gradient)), penaltyWeight);
}

/** Output, loss's gradients, penalty and its gradients, by name. */
export function outputsOf(network: Network, [images, ...weights]: readonly [tf.Tensor, ...tf.Tensor[]], disturbance?: Disturbance): Record<string, tf.Tensor> {
  const gradientsOf = (name: string, of: typeof lossOf): Record<string, tf.Tensor> => {
    const gradients = tf.grads((x: tf.Tensor, ...others: tf.Tensor[]) => of(network, x, others, disturbance))([images, ...weights]);
    return Object.fromEntries(gradients.map((gradient, i) => [`${name} by ${i === 0 ? "images" : `weight ${i}`}`, gradient]));
  };
  return {
    output: network.run(images, weights, disturbance),
    ...gradientsOf("loss", lossOf),
    penalty: penaltyOf(network, images, weights, disturbance),
    ...gradientsOf("penalty", penaltyOf),
  };
}
