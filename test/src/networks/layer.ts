import * as tf from "@tensorflow/tfjs";
import type { Draw } from "./draw.js";

/** `[batch, height, width, channels]`. */
export type ImageShape = readonly [batch: number, height: number, width: number, channels: number];

/** Normal values of this deviation. */
export interface Weight {
  readonly shape: readonly number[];
  readonly deviation: number;
}

/** Anything from images to images. */
export interface Layer {
  readonly label: string;
  readonly weights?: readonly Weight[];
  /** Whether it, or its derivative, has corners or jumps, where differences say nothing of derivatives. */
  readonly hasKinks?: boolean;
  run(images: tf.Tensor4D, ...weights: tf.Tensor[]): tf.Tensor;
}

/** Draws a layer for images of a shape; undefined where none fits. What tfjs itself refuses is left out later. */
export type LayerMaker = (draw: Draw, shape: ImageShape) => Layer | undefined;

/** Counts below, at and above whole blocks of channels of either length. */
export const channelCounts = [1, 2, 3, 5, 8, 15, 16, 16, 17, 24, 32, 32, 33, 48] as const;

/** Longest side of an image that a layer may make larger. */
export const longestSide = 24;

/** A weight of which `inputs` numbers make one, so that the sum keeps their size. */
export function weightOf(shape: readonly number[], inputs: number): Weight {
  return { shape, deviation: 1 / Math.sqrt(inputs) };
}
