import type { Dataset } from "./dataset.js";
import type { ImageSpace } from "./image-space.js";

/** Parameters of q(c|x) for many images, `[n, latentDim]` each, row by row. */
export interface Codes {
  readonly mean: Float32Array;
  readonly logVar: Float32Array;
}

/**
 * Where codes are drawn from. `posterior`: a sample of q(c|x) for an image drawn from the dataset, which together are the aggregated
 * posterior q(c). `mean`: the mean of such a q(c|x). `prior`: N(0, I), which knows nothing of the images.
 */
export type CodeDraw = "posterior" | "mean" | "prior";

/** What is asked of a draw: the same request gives the same codes, and a longer draw begins with the shorter one. */
export interface DrawRequest {
  readonly count: number;
  readonly seed: number;
  /** Name of the stream. Metrics that name the same one see the same codes, and need not generate their images twice. */
  readonly name: string;
  /** Default: as the generator was trained, and `posterior` where there is none. */
  readonly code?: CodeDraw;
}

export interface DrawnCodes {
  /** `[count, latentDim]`. */
  readonly c: Float32Array;
  /** The images whose posteriors the codes are of; missing where they are of the prior. */
  readonly indices?: Uint32Array;
}

/** Inputs of a generator. */
export interface DrawnLatents extends DrawnCodes {
  /** `[count, nuisanceDim]`, of N(0, I). */
  readonly s: Float32Array;
}

/** G(s, c) of a run: the generator of stage 2 with its averaged weights. */
export interface TrainedGenerator {
  readonly nuisanceDim: number;
  readonly latentDim: number;
  /** Of its images, whose pixels are handed out in [0, 1]. */
  readonly image: ImageSpace;
  /** The run's images at the generator's size, under the indices of the subject's own dataset. */
  readonly dataset: Dataset;
  /** Where its codes came from in training. */
  readonly code: CodeDraw;
  /** s of N(0, I), and c as the request says. Both are small: 50,000 of them are some megabytes, their images gigabytes. */
  draw(request: DrawRequest): Promise<DrawnLatents>;
  /** Images `[n, height, width, channels]` in [0, 1] for s `[n, nuisanceDim]` and c `[n, latentDim]`. Ask for a part at a time: nothing is remembered. */
  generate(s: Float32Array, c: Float32Array): Promise<Float32Array>;
}

/** A trained run and the images that it is judged on. */
export interface Subject {
  /** The run's folder, for messages. */
  readonly name: string;
  /** Images at the encoder's size. */
  readonly dataset: Dataset;
  readonly latentDim: number;
  /** q(c|x) of these images, in their order. Each image is encoded once and remembered, so that asking again is free. */
  encode(indices: ArrayLike<number>): Promise<Codes>;
  /**
   * q(c|x) of any images, `[n, height, width, channels]` in [0, 1], which are brought to the encoder's size as the generator's are in
   * training: area average down, bilinear up. Nothing is remembered.
   */
  encodeImages(pixels: Float32Array, image: ImageSpace): Promise<Codes>;
  /** Images of the VAE's own decoder for c `[n, latentDim]`, at the encoder's size and in [0, 1]. Nothing is remembered. */
  decode(c: Float32Array): Promise<Float32Array>;
  /** Codes without a generator: of the data's own posteriors, or of the prior. */
  drawCodes(request: DrawRequest): Promise<DrawnCodes>;
  /** Whether stage 2 has left a generator. */
  readonly hasGenerator: boolean;
  /** Opens the generator, once. Throws `METRIC_INPUT` where the run has none. */
  openGenerator(): Promise<TrainedGenerator>;
  /**
   * What `make` gives, made once for each `key` of this subject and kept until the evaluation ends: features of 50,000 images, which
   * several metrics of a plugin take. The key says all that the value depends on, and begins with the plugin's name.
   */
  remember<T>(key: string, make: () => Promise<T>): Promise<T>;
}
