import type { ImageSpace } from "@idgan/core";

/** Describes images by features. */
export interface FeatureExtractor {
  /** Named in every score: only `inception2015` makes a Fréchet distance an FID. */
  readonly name: string;
  readonly featureCount: number;
  /** How images come to the size that it takes, as scores name it: `clean 299`. */
  readonly resize: string;
  /** SHA-256 of its weights: features of others are not comparable. */
  readonly hash: string;
  /** Images `[n, height, width, channels]` in [0, 1], of which each pixel is a byte's, to `[n, featureCount]`. */
  features(pixels: Float32Array, image: ImageSpace): Promise<Float32Array>;
  /** Frees its weights and what was compiled. */
  dispose(): Promise<void>;
}
