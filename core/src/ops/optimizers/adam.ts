// Adam. Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 1, https://arxiv.org/abs/1412.6980.
import * as tf from "@tensorflow/tfjs";
import { IdganError } from "../../contract/error.js";
import type { Weights } from "../../contract/weights.js";
import type { Optimizer, OptimizerSpec } from "./optimizer.js";
import { createSlots, pair, zeroVariable } from "./slots.js";

const kinds = ["mean", "variance"] as const;

/** weight -= lr * m̂ / (sqrt(v̂) + epsilon), as PyTorch's. */
export function createAdam({ beta1, beta2, epsilon }: OptimizerSpec, weights: Weights, shared?: Weights): Optimizer {
  if ("correction" in weights) {
    throw new IdganError("BACKBONE_INVALID", 'A weight is named "correction", which Adam uses for its own state. Rename the weight.');
  }
  // 1 - beta^t as the moments of a constant one: no step counter from JavaScript, and no 1 - 0.999 cancelled in float32.
  const slots = shared ?? { ...createSlots(weights, kinds), "correction/mean": zeroVariable([]), "correction/variance": zeroVariable([]) };
  const meanCorrection = slots["correction/mean"] as tf.Variable;
  const varianceCorrection = slots["correction/variance"] as tf.Variable;
  return {
    slots,
    apply(gradients, learningRate) {
      const updates = pair(weights, slots, kinds, gradients);
      const one = tf.scalar(1);
      advance(meanCorrection, one, beta1);
      advance(varianceCorrection, one, beta2);
      // lr * (m / c1) / (sqrt(v / c2) + epsilon), with c1 and c2 moved from the tensors to the scalars
      const root = tf.sqrt(varianceCorrection);
      const rate = tf.div(tf.mul(learningRate, root), meanCorrection);
      const floor = tf.mul(root, epsilon);
      for (const { weight, gradient, slots: { mean, variance } } of updates) {
        const m = advance(mean, gradient, beta1);
        const v = advance(variance, tf.square(gradient), beta2);
        weight.assign(tf.sub(weight, tf.div(tf.mul(m, rate), tf.add(tf.sqrt(v), floor))));
      }
    },
  };
}

/** average <- decay * average + (1 - decay) * value */
function advance(average: tf.Variable, value: tf.Tensor, decay: number): tf.Tensor {
  const next = tf.add(tf.mul(average, decay), tf.mul(value, 1 - decay));
  average.assign(next);
  return next;
}
