// RMSprop. Tieleman and Hinton, "Neural networks for machine learning", lecture 6.5, 2012; epsilon outside the root, as PyTorch's
// (tfjs's own adds it inside, which at 1e-8 is a floor of 1e-4): https://pytorch.org/docs/stable/generated/torch.optim.RMSprop.html
import * as tf from "@tensorflow/tfjs";
import type { Weights } from "../../contract/weights.js";
import type { Optimizer, OptimizerSpec } from "./optimizer.js";
import { createSlots, pair } from "./slots.js";

/** weight -= lr * gradient / (sqrt(square) + epsilon), through a momentum buffer where `momentum` is above 0. */
export function createRmsprop({ alpha, epsilon, momentum }: OptimizerSpec, weights: Weights, shared?: Weights): Optimizer {
  const kinds = momentum > 0 ? (["square", "momentum"] as const) : (["square"] as const);
  const slots = shared ?? createSlots<"square" | "momentum">(weights, kinds);
  return {
    slots,
    apply(gradients, learningRate) {
      for (const { weight, gradient, slots: { square, momentum: buffer } } of pair<"square" | "momentum">(weights, slots, kinds, gradients)) {
        const nextSquare = tf.add(tf.mul(square, alpha), tf.mul(tf.square(gradient), 1 - alpha));
        square.assign(nextSquare);
        const divisor = tf.add(tf.sqrt(nextSquare), epsilon);
        if (momentum > 0) {
          const nextBuffer = tf.add(tf.mul(buffer, momentum), tf.div(gradient, divisor));
          buffer.assign(nextBuffer);
          weight.assign(tf.sub(weight, tf.mul(nextBuffer, learningRate)));
        } else {
          weight.assign(tf.sub(weight, tf.div(tf.mul(gradient, learningRate), divisor)));
        }
      }
    },
  };
}
