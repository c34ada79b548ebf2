import type { ImageSpace } from "./image-space.js";
import type { Initializer } from "./weights.js";

/** What a VAE plugin is told when it builds. */
export interface VaeContext {
  readonly image: ImageSpace;
  readonly latentDim: number;
  /** Number of images that stage 1 draws from; some estimators (beta-TCVAE) need it. */
  readonly datasetSize: number;
  readonly init: Initializer;
}

/** What a GAN plugin is told when it builds. */
export interface GanContext {
  readonly image: ImageSpace;
  readonly latentDim: number;
  readonly nuisanceDim: number;
  readonly init: Initializer;
}

/** Says how far long work on a data set has come, such as "pictures prepared", 1200 of 10000; may be called for every image. */
export type PreparationProgress = (what: string, done: number, count: number) => void;

/** What a data plugin is told when it opens. */
export interface DataContext {
  /** Height and width of the images that the stage wants. */
  readonly size: number;
  /** Folder that relative paths in the options start from: the config's. */
  readonly folder: string;
  readonly seed: number;
  readonly progress?: PreparationProgress;
}
