import * as tf from "@tensorflow/tfjs";
import { IdganError } from "../contract/error.js";
import type { NoiseSpecs } from "../contract/noise.js";
import type { Weights } from "../contract/weights.js";
import { zeroVariable } from "../ops/optimizers/slots.js";
import type { StepFeeds } from "./feed-queue.js";

type Shapes = Readonly<Record<string, readonly number[]>>;

/** An update in parts: `count` microbatches of `size` images, whose gradients are summed before the optimizer sees them. */
export interface Microbatches {
  readonly size: number;
  readonly count: number;
}

export interface MicrobatchRequest {
  /** Key of the config that asks: `synthesise.microbatch`. */
  readonly key: string;
  readonly microbatch: number | null | undefined;
  readonly batch: number;
  /** The backbone's own word on which images see one another. */
  readonly batchGroup: number | undefined;
  readonly noise: readonly (NoiseSpecs | undefined)[];
}

/** How a batch is divided; `undefined` where it need not be. Throws `CONFIG_VALUE` where the parts would not add up to the whole. */
export function divideBatch({ key, microbatch, batch, batchGroup, noise }: MicrobatchRequest): Microbatches | undefined {
  if (microbatch == null || microbatch >= batch) return undefined;
  const refuse = (why: string): never => {
    throw new IdganError("CONFIG_VALUE", `${key}: ${why}`);
  };
  if (batchGroup === undefined) {
    refuse("this backbone does not say that its losses take each image by itself, as batch norm and statistics over a batch do not, so parts of a batch would train another network. Set it to null, or use a backbone that declares its `batchGroup`.");
  } else if (microbatch % batchGroup !== 0) {
    refuse(`the losses of this backbone see images in groups of ${batchGroup}, and ${microbatch} images are no whole number of them. Set it to a multiple of ${batchGroup}.`);
  }
  if (batch % microbatch !== 0) refuse(`a batch of ${batch} images cannot be divided into parts of ${microbatch}. Set it to a divisor of ${batch}.`);
  const permuted = noise.flatMap((specs = {}) => Object.entries(specs)).find(([, { distribution }]) => distribution === "permutation");
  if (permuted) refuse(`the backbone permutes its batch (noise "${permuted[0]}"), which parts of a batch cannot. Set it to null.`);
  return { size: microbatch, count: batch / microbatch };
}

/** Part `index` of what a whole update is fed: rows of what grows with the batch, and all of what does not. */
export function partOf(feeds: StepFeeds, shapes: Shapes, index: number): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const size = tf.util.sizeFromShape([...shape]);
      const whole = feeds[name];
      if (whole === undefined) throw new IdganError("INTERNAL", `A microbatch was to be fed "${name}", which the update is not.`);
      return [name, whole.length === size ? whole : whole.subarray(index * size, (index + 1) * size)];
    }),
  );
}

/** Sums of gradients, or of other means over a batch, while its parts go by. */
export class Accumulator {
  readonly sums: Weights;
  readonly #share: number;

  constructor(weights: Weights, { count }: Microbatches) {
    this.sums = Object.fromEntries(Object.entries(weights).map(([name, { shape }]) => [name, zeroVariable(shape)]));
    this.#share = 1 / count;
  }

  /** Inside a step: adds the share of one part; `carry` is 0 in the first, which forgets the sums of the update before, and 1 in the others. */
  add(values: Readonly<Record<string, tf.Tensor>>, carry: tf.Scalar): void {
    for (const [name, sum] of Object.entries(this.sums)) {
      const value = values[name];
      if (value === undefined) throw new IdganError("BACKBONE_INVALID", `The weight "${name}" has no gradient, so no minimised term depends on it. Use it in a term, or leave it out of the weights.`);
      sum.assign(tf.add(tf.mul(sum, carry), tf.mul(value, this.#share)));
    }
  }

  dispose(): void {
    for (const sum of Object.values(this.sums)) sum.dispose();
  }
}

/** The scalars of each part as those of the whole: their means. */
export function meanOf(parts: readonly StepFeeds[]): Record<string, Float32Array> {
  const names = Object.keys(parts[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, Float32Array.of(parts.reduce((sum, part) => sum + (part[name]?.[0] ?? Number.NaN), 0) / parts.length)]));
}

/** What `carry` is fed in part `index`. */
export function carryFeed(index: number): Float32Array {
  return Float32Array.of(index === 0 ? 0 : 1);
}
