import type * as tf from "@tensorflow/tfjs";
import type { Encoder, Posterior } from "./encoder.js";
import type { ImageSpace } from "./image-space.js";
import type { LossTerm } from "./loss-term.js";
import type { NoiseSpecs } from "./noise.js";
import type { Weights } from "./weights.js";

/** p(x|c). */
export interface Decoder {
  readonly output: ImageSpace;
  readonly weights: Weights;
  /** `[batch, latentDim]` to what the reconstruction loss takes, `[batch, height, width, channels]`; often logits. */
  decode(c: tf.Tensor2D): tf.Tensor4D;
  /** What `decode` returned, as images in `output`: a sigmoid where it returned logits. */
  image(decoded: tf.Tensor4D): tf.Tensor4D;
}

/** What one update of stage 1 has computed when the losses are asked for. */
export interface VaeStep {
  /** Updates done before this one: a tensor, so that an annealed loss stays one compiled step. */
  readonly step: tf.Scalar;
  readonly x: tf.Tensor4D;
  /** `decoder.decode(c)`. */
  readonly reconstruction: tf.Tensor4D;
  readonly posterior: Posterior;
  /** A sample of q(c|x), `[batch, latentDim]`. */
  readonly c: tf.Tensor2D;
  readonly noise: Readonly<Record<string, tf.Tensor>>;
}

/** Images and a sample of their codes, through which no gradient reaches the encoder. */
export interface EncodedBatch {
  readonly x: tf.Tensor4D;
  readonly posterior: Posterior;
  /** A sample of q(c|x), `[batch, latentDim]`. */
  readonly c: tf.Tensor2D;
}

/** What the update has computed when the adversary's loss is asked for. */
export interface AdversaryStep extends VaeStep {
  /** As many other images, drawn independently of `x`: there where the adversary wants a `secondBatch`. */
  readonly second?: EncodedBatch;
}

/** A second network trained against the VAE, as FactorVAE's density-ratio discriminator is. */
export interface Adversary {
  readonly weights: Weights;
  /** Whether its loss takes `step.second`, images that the VAE's own loss does not see. Default `false`. */
  readonly secondBatch?: boolean;
  /** Terms that train the adversary alone; no gradient reaches the VAE. */
  loss(step: AdversaryStep): readonly LossTerm[];
}

/** Stage 1: a reconstruction and a regularizer as terms. Core samples c, runs the decoder, takes gradients and updates. */
export interface VaeBackbone {
  readonly encoder: Encoder;
  readonly decoder: Decoder;
  readonly adversary?: Adversary;
  /**
   * What the terms sum and what they average, without which no weight can be compared with another implementation's: one line, such as
   * "Bernoulli cross-entropy in nats, summed over pixels and channels; KL in nats, summed over latents; both averaged over the batch".
   * It is saved with the run.
   */
  readonly lossConvention: string;
  /**
   * How many images of a batch, from the first on, see one another in the loss: 1 where each is on its own, so that a batch's gradient is the mean of
   * its images'. Microbatches are made of whole groups; where it is missing there are none.
   */
  readonly batchGroup?: number;
  /** Noise wanted for a batch of this size. */
  noise?(batch: number): NoiseSpecs;
  loss(step: VaeStep): readonly LossTerm[];
}
