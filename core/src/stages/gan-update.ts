import type * as tf from "@tensorflow/tfjs";
import type { Step } from "../contract/engine.js";
import type { Weights } from "../contract/weights.js";
import { rampedDecay, updateAverage } from "../ops/optimizers/average.js";
import type { Optimizer } from "../ops/optimizers/optimizer.js";
import { attributed } from "../trace/attributed.js";
import { nameOf } from "../trace/maker.js";
import { drawCode } from "./code.js";
import { commonInputs, create, criticise, discriminatorInputs, generatorInputs, nextStatistics, trainedWeights, type GanGame, type StepTensors } from "./gan-players.js";
import { prefixed } from "./step-noise.js";

export interface GanUpdate extends GanGame {
  readonly generatorOptimizer: Optimizer;
  readonly discriminatorOptimizer: Optimizer;
  /** Moving average of the generator's weights, under the same names. */
  readonly average: Weights;
  readonly averageDecay: number;
  /** Whether the decay rises to `averageDecay` from 0.1, so that the first weights are soon forgotten. */
  readonly averageWarmup: boolean;
}

/**
 * One update of stage 2 (Lee et al. 2020, Eq. 6): the discriminator on real images and G(s, c), then the generator on a fresh s and the same c,
 * with lambda * R_ID = -lambda * E[log q(c|G(s,c))] added for the generator alone; then the generator's average and the backbone's state.
 */
export function ganUpdate(update: GanUpdate): Step {
  const { backbone, teacher, code } = update;
  return {
    name: `${update.r1Weight > 0 ? "gan-update-r1" : "gan-update"}${update.phase === undefined ? "" : `-${update.phase.key}`}`,
    inputs: {
      ...discriminatorInputs(update),
      ...generatorInputs(update),
      ...commonInputs(update),
      generatorLearningRate: [],
      discriminatorLearningRate: [],
    },
    run(inputs) {
      const c = drawCode(code, teacher, inputs);
      const critic = criticise(update, inputs, c);
      update.discriminatorOptimizer.apply(critic.gradients, inputs["discriminatorLearningRate"] as tf.Scalar);
      const creator = create(update, inputs, c);
      const statistics = nextStatistics(update, inputs, c);
      update.generatorOptimizer.apply(creator.gradients, inputs["generatorLearningRate"] as tf.Scalar);
      finishGenerator(update, statistics, inputs["step"] as tf.Scalar);
      const losses = { ...prefixed("discriminator", critic.values), ...prefixed("generator", creator.values) };
      attributed(nameOf("the backbone's state", backbone), "BACKBONE_INVALID", () => backbone.state?.update(losses));
      return losses;
    },
  };
}

/** Gives the weights that follow the generator's batches their new values, and moves the average of all that the update has changed. */
export function finishGenerator({ backbone: { generator }, average, averageDecay, averageWarmup, phase }: GanUpdate, statistics: StepTensors, step: tf.Scalar): void {
  const following = generator.statistics?.weights ?? {};
  for (const [name, weight] of Object.entries(following)) weight.assign(statistics[name] as tf.Tensor);
  const changed = { ...trainedWeights(generator, phase), ...following };
  const moving = Object.fromEntries(Object.entries(average).filter(([name]) => name in changed));
  updateAverage(moving, generator.weights, averageWarmup ? rampedDecay(averageDecay, step) : averageDecay);
}
