import type * as tf from "@tensorflow/tfjs";
import type { NoiseSpecs } from "../contract/noise.js";
import { fillNoise } from "../ops/random/noise.js";
import type { RandomStream } from "../ops/random/stream.js";

/** Whose noise an input is: of the losses, or of the generator when it plays for either side. */
export type NoiseOwner = "noise" | "discriminatorNoise" | "generatorNoise";

/** Declared noise as inputs of a step. */
export function noiseFeeds(specs: NoiseSpecs = {}, owner: NoiseOwner = "noise"): Record<string, readonly number[]> {
  return Object.fromEntries(Object.entries(specs).map(([name, { shape }]) => [`${owner}/${name}`, shape]));
}

/** The tensors of a step's inputs that are declared noise, under the backbone's names. */
export function noiseOf(inputs: Readonly<Record<string, tf.Tensor>>, owner: NoiseOwner = "noise"): Record<string, tf.Tensor> {
  const prefix = `${owner}/`;
  const named = Object.entries(inputs).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(named.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}

/** Values of the declared noise for update `step`; each name has a stream of its own. */
export function drawNoise(specs: NoiseSpecs = {}, streamOf: (name: string) => RandomStream, step: number, owner: NoiseOwner = "noise"): Record<string, Float32Array> {
  return Object.fromEntries(Object.entries(specs).map(([name, spec]) => [`${owner}/${name}`, fillNoise(spec, streamOf(`${owner}/${name}`), step)]));
}

/** The same record with `prefix/` before every name. */
export function prefixed<Value>(prefix: string, record: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [`${prefix}/${name}`, value]));
}
