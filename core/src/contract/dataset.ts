import type { ImageSpace } from "./image-space.js";

/** A factor of variation with known values, such as the shape or the position of a sprite. */
export interface Factor {
  readonly name: string;
  /** How many values it takes. */
  readonly size: number;
}

/** What a batch of training is drawn for. All that is random in its images (a flip, noise) follows from this and the seed, so that a resumed run sees the same. */
export interface BatchDraw {
  readonly stage: "represent" | "synthesise";
  /** Apart from the stage's `real` images stand those that codes are drawn from (`codes`) and an adversary's `second` batch. */
  readonly purpose: "real" | "codes" | "second";
  /** Number of the update, from 0. */
  readonly step: number;
  /** Place of the batch's first image among the update's, above 0 where these are asked for in parts. */
  readonly first: number;
}

/** Images by index. The order in which they are drawn is core's, from the seed; a dataset holds no state of it. */
export interface Dataset {
  readonly name: string;
  readonly size: number;
  /** Images come in [0, 1]. */
  readonly image: ImageSpace;
  /** Changes when the images would; saved with the run. */
  readonly fingerprint: string;
  /** What a reader of the run should know, such as files that were skipped and why; a sentence each. */
  readonly notes?: readonly string[];
  /**
   * Pixels of these images, `[indices.length, height, width, channels]`, in an array of the caller's own. For training, `draw` says what for, and the
   * dataset may augment them as its options say; without it they are the images themselves, which is what everything else looks at.
   * `into` is an array that the caller has done with. Where it is as long as the batch, a dataset may fill and return it, which spares the system fresh
   * memory for every update (`roomFor` chooses); one that takes no notice of it is as right.
   */
  batch(indices: ArrayLike<number>, draw?: BatchDraw, into?: Float32Array): Promise<Float32Array>;
  readonly factors?: readonly Factor[];
  /** Values of every factor, `[indices.length, factors.length]`. */
  factorValues?(indices: ArrayLike<number>): Int32Array;
  /** Indices of the images with these factor values, `[n, factors.length]`. */
  indicesOf?(values: Int32Array): Uint32Array;
  close?(): Promise<void>;
}
