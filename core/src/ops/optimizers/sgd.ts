// Stochastic gradient descent with momentum as PyTorch's: the learning rate is outside the buffer.
// https://pytorch.org/docs/stable/generated/torch.optim.SGD.html
import * as tf from "@tensorflow/tfjs";
import type { Weights } from "../../contract/weights.js";
import type { Optimizer, OptimizerSpec } from "./optimizer.js";
import { createSlots, pair } from "./slots.js";

/** buffer <- momentum * buffer + gradient; weight -= lr * buffer. */
export function createSgd({ momentum }: OptimizerSpec, weights: Weights, shared?: Weights): Optimizer {
  const kinds = momentum > 0 ? (["momentum"] as const) : [];
  const slots = shared ?? createSlots<"momentum">(weights, kinds);
  return {
    slots,
    apply(gradients, learningRate) {
      for (const { weight, gradient, slots: { momentum: buffer } } of pair<"momentum">(weights, slots, kinds, gradients)) {
        if (momentum > 0) {
          const next = tf.add(tf.mul(buffer, momentum), gradient);
          buffer.assign(next);
          weight.assign(tf.sub(weight, tf.mul(next, learningRate)));
        } else {
          weight.assign(tf.sub(weight, tf.mul(gradient, learningRate)));
        }
      }
    },
  };
}
