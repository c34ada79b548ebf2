import type * as tf from "@tensorflow/tfjs";

/** Where a GAN that grows stands after a number of images. */
export interface Phase {
  /**
   * Phases of one key are one compiled step: all that tells them apart is `fadeIn` and the learning rates. A new key means a new step, and
   * optimizers that begin anew.
   */
  readonly key: string;
  /** Height and width of the images, real and generated; the image space's own, or that halved any number of times. */
  readonly resolution: number;
  /** Images in one update; `synthesise.batch` where it is missing. */
  readonly batch?: number;
  /** Share of the newest layers in the image, above 0; 1 once they are all of it. */
  readonly fadeIn: number;
  /** Multiplies the generator's learning rate. Default 1. */
  readonly generatorRate?: number;
  /** Multiplies the discriminator's learning rate. Default 1. */
  readonly discriminatorRate?: number;
}

/** Whether a value that was read has the fields of a phase. */
export function isPhase(value: unknown): value is Phase {
  if (typeof value !== "object" || value === null) return false;
  const { key, resolution, batch, fadeIn, generatorRate, discriminatorRate } = value as Readonly<Record<string, unknown>>;
  return typeof key === "string" && typeof resolution === "number" && typeof fadeIn === "number" && [batch, generatorRate, discriminatorRate].every((each) => each === undefined || typeof each === "number");
}

/** A phase as its networks are told of it outside of a step. */
export type PhaseName = Pick<Phase, "key" | "resolution">;

/** A phase inside a step, where `fadeIn` is an input. */
export interface PhaseStep extends PhaseName {
  readonly fadeIn: tf.Scalar;
}

/**
 * Progressive growing (Karras et al. 2018, section 2) as a pure function of the images that the discriminator has seen, so that a resumed run
 * needs to know nothing but their number. Each phase is as large as the one before or twice as large.
 */
export interface Growth {
  phase(imagesShown: number): Phase;
}
