import type * as tf from "@tensorflow/tfjs";
import type { Posterior } from "./encoder.js";
import type { Growth, PhaseName, PhaseStep } from "./growth.js";
import type { ImageSpace } from "./image-space.js";
import type { LossTerm } from "./loss-term.js";
import type { NoiseSpecs } from "./noise.js";
import type { Weights } from "./weights.js";

/** Tensors of declared noise, by name. */
export type Noise = Readonly<Record<string, tf.Tensor>>;

/** What whoever looks at images may ask of a generator beyond s and c; training never does. */
export interface SamplingControls {
  /**
   * Truncation, psi: how far a style is left from the mean style, 1 as it is and 0 the mean itself (Karras et al. 2019, appendix B). The mean is
   * that over s for the image's own c, so that c keeps its meaning.
   */
  readonly truncation?: number | tf.Scalar;
  /** So many first layers are truncated; all of them where it is missing. */
  readonly truncatedLayers?: number;
  /** The layers from `from` on, counted from 0, take the style of this nuisance `[batch, nuisanceDim]` and of the same c. */
  readonly mixing?: { readonly s: tf.Tensor2D; readonly from: number };
}

/** What a generator can do for {@link SamplingControls}. */
export interface SamplingAbilities {
  readonly truncates: boolean;
  readonly mixes: boolean;
  /** Layers with a style of their own, in images of full size. */
  readonly layers: number;
}

/** How images are to be made. */
export interface Generation {
  /** For a generator that grows: what it is to make; images of full size where it is missing. */
  readonly phase?: PhaseStep | undefined;
  /** The generator's own noise, as `Generator.noise` declares it; values that are always the same where it is missing. */
  readonly noise?: Noise;
  readonly controls?: SamplingControls;
}

/** Weights that follow the generator's batches instead of a gradient, such as a running mean. */
export interface GeneratorStatistics {
  /** Some of the generator's own, under the same names. */
  readonly weights: Weights;
  /** Their values after one batch of the generator's update, before its optimizer; linear in the mean over the batch. */
  next(s: tf.Tensor2D, c: tf.Tensor2D): Readonly<Record<string, tf.Tensor>>;
}

/** G(s, c). */
export interface Generator {
  readonly nuisanceDim: number;
  readonly latentDim: number;
  readonly output: ImageSpace;
  /** All that checkpoints hold and averages follow. */
  readonly weights: Weights;
  /** Those of the weights that are trained, in this phase or in images of full size; all of them where this is missing. */
  trained?(phase?: PhaseName): Weights;
  /** Noise that `generate` takes in training, drawn anew for each of the two players. */
  noise?(batch: number, phase?: PhaseName): NoiseSpecs;
  readonly statistics?: GeneratorStatistics;
  /** Which controls `generate` heeds; none where it is missing. */
  readonly sampling?: SamplingAbilities;
  /** s `[batch, nuisanceDim]` and c `[batch, latentDim]` to images in `output`, at the phase's size. With `nuisanceDim` 0, s is `[batch, 0]`. */
  generate(s: tf.Tensor2D, c: tf.Tensor2D, how?: Generation): tf.Tensor4D;
}

/** D(x): real or fake. It must differentiate twice in x when `r1Weight` is above 0. */
export interface Discriminator {
  readonly weights: Weights;
  /** Those of the weights that are trained, in this phase or on images of full size; all of them where this is missing. */
  trained?(phase?: PhaseName): Weights;
  /**
   * `[batch, height, width, channels]` to `[batch, 1]`, before any sigmoid. A discriminator that is random takes the backbone's noise of the
   * step, which `r1` hands over with the real images; without it, its logits are those of the mean. One that grows is told its phase.
   */
  logits(x: tf.Tensor4D, noise?: Noise, phase?: PhaseStep): tf.Tensor2D;
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
  /** Images of the generator, as large as `real`; no gradient reaches it from here. */
  readonly fake: tf.Tensor4D;
  readonly noise: Noise;
  /** Of a backbone that grows. */
  readonly phase?: PhaseStep | undefined;
}

/** What the generator's update has computed when its losses are asked for. */
export interface GeneratorStep {
  readonly step: tf.Scalar;
  readonly fake: tf.Tensor4D;
  readonly s: tf.Tensor2D;
  readonly c: tf.Tensor2D;
  /** The frozen encoder's view of `fake`. */
  readonly posterior: Posterior;
  readonly noise: Noise;
  /** Of a backbone that grows. */
  readonly phase?: PhaseStep | undefined;
}

/** Stage 2: adversarial terms only. Core adds the `id` and `r1` terms, so no backbone can forget them or get them wrong. */
export interface GanBackbone {
  readonly generator: Generator;
  readonly discriminator: Discriminator;
  readonly state?: GanState;
  /** Makes this a GAN that grows: core shows real images at the phase's size, and tells the networks where they stand. */
  readonly growth?: Growth;
  /**
   * How many images of a batch, from the first on, see one another: 1 where each is on its own, so that a batch's gradient is the mean of its images';
   * 4 for a minibatch standard deviation over groups of four. Microbatches are made of whole groups; where it is missing there are none.
   */
  readonly batchGroup?: number;
  /** Noise that the losses take. */
  noise?(batch: number, phase?: PhaseName): NoiseSpecs;
  discriminatorLoss(step: DiscriminatorStep): readonly LossTerm[];
  generatorLoss(step: GeneratorStep): readonly LossTerm[];
}
