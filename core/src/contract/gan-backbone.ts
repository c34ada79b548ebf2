import type * as tf from "@tensorflow/tfjs";
import type { Posterior } from "./encoder.js";
import type { ImageSpace } from "./image-space.js";
import type { LossTerm } from "./loss-term.js";
import type { NoiseSpecs } from "./noise.js";
import type { Weights } from "./weights.js";

/** G(s, c). */
export interface Generator {
  readonly nuisanceDim: number;
  readonly latentDim: number;
  readonly output: ImageSpace;
  readonly weights: Weights;
  /** s `[batch, nuisanceDim]` and c `[batch, latentDim]` to images in `output`. With `nuisanceDim` 0, s is `[batch, 0]`. */
  generate(s: tf.Tensor2D, c: tf.Tensor2D): tf.Tensor4D;
}

/** D(x): real or fake. It must differentiate twice in x when `r1Weight` is above 0. */
export interface Discriminator {
  readonly weights: Weights;
  /**
   * `[batch, height, width, channels]` to `[batch, 1]`, before any sigmoid. A discriminator that is random takes the backbone's noise of the
   * step, which `r1` hands over with the real images; without it, its logits are those of the mean.
   */
  logits(x: tf.Tensor4D, noise?: Readonly<Record<string, tf.Tensor>>): tf.Tensor2D;
}

/** What no gradient trains and each update changes, such as a dual variable; checkpoints hold it. */
export interface GanState {
  /** Variables with `trainable` false. */
  readonly weights: Weights;
  /**
   * Assigns their next values. Called once in each update, after both optimizers, with the unweighted value of every term under the name that it is
   * logged by: `discriminator/adversarial`, `generator/id`, …
   */
  update(losses: Readonly<Record<string, tf.Scalar>>): void;
}

/** What the discriminator's update has computed when its losses are asked for. */
export interface DiscriminatorStep {
  readonly step: tf.Scalar;
  readonly real: tf.Tensor4D;
  /** Images of the generator; no gradient reaches it from here. */
  readonly fake: tf.Tensor4D;
  readonly noise: Readonly<Record<string, tf.Tensor>>;
}

/** What the generator's update has computed when its losses are asked for. */
export interface GeneratorStep {
  readonly step: tf.Scalar;
  readonly fake: tf.Tensor4D;
  readonly s: tf.Tensor2D;
  readonly c: tf.Tensor2D;
  /** The frozen encoder's view of `fake`. */
  readonly posterior: Posterior;
  readonly noise: Readonly<Record<string, tf.Tensor>>;
}

/** Stage 2: adversarial terms only. Core adds the `id` and `r1` terms, so no backbone can forget them or get them wrong. */
export interface GanBackbone {
  readonly generator: Generator;
  readonly discriminator: Discriminator;
  readonly state?: GanState;
  noise?(batch: number): NoiseSpecs;
  discriminatorLoss(step: DiscriminatorStep): readonly LossTerm[];
  generatorLoss(step: GeneratorStep): readonly LossTerm[];
}
