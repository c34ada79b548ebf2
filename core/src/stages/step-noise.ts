import type * as tf from "@tensorflow/tfjs";
import type { NoiseSpecs } from "../contract/noise.js";
import { fillNoise } from "../ops/random/noise.js";
import type { RandomStream } from "../ops/random/stream.js";

const PREFIX = "noise/";

/** A backbone's declared noise as inputs of a step. */
export function noiseFeeds(specs: NoiseSpecs = {}): Record<string, readonly number[]> {
  return Object.fromEntries(Object.entries(specs).map(([name, { shape }]) => [PREFIX + name, shape]));
}

/** The tensors of a step's inputs that are declared noise, under the backbone's names. */
export function noiseOf(inputs: Readonly<Record<string, tf.Tensor>>): Record<string, tf.Tensor> {
  const named = Object.entries(inputs).filter(([name]) => name.startsWith(PREFIX));
  return Object.fromEntries(named.map(([name, tensor]) => [name.slice(PREFIX.length), tensor]));
}

/** Values of the declared noise for update `step`; each name has a stream of its own. */
export function drawNoise(specs: NoiseSpecs = {}, streamOf: (name: string) => RandomStream, step: number): Record<string, Float32Array> {
  return Object.fromEntries(Object.entries(specs).map(([name, spec]) => [PREFIX + name, fillNoise(spec, streamOf(PREFIX + name), step)]));
}

/** The same record with `prefix/` before every name. */
export function prefixed<Value>(prefix: string, record: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [`${prefix}/${name}`, value]));
}
