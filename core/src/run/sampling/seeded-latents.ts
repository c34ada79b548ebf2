import { concatenate } from "../latents.js";
import type { Studio } from "../studio.js";
import type { CodeSetting } from "./code-setting.js";

/** Inputs of a generator for some images, row by row. */
export interface Latents {
  readonly s: Float32Array;
  readonly c: Float32Array;
}

/** s and c of each seed, drawn as the generator was trained. A seed gives the same image in every picture, whatever stands beside it. */
export async function latentsOfSeeds(studio: Studio, seeds: readonly number[]): Promise<Latents> {
  const rows: Latents[] = [];
  for (const seed of seeds) rows.push(await latentsOfSeed(studio, seed));
  return { s: concatenate(rows.map(({ s }) => s)), c: concatenate(rows.map(({ c }) => c)) };
}

async function latentsOfSeed(studio: Studio, seed: number): Promise<Latents> {
  const s = studio.stream("seedNuisance").normal(seed, studio.nuisanceDim);
  const epsilon = studio.stream("seedCode").normal(seed, studio.latentDim);
  if (studio.code === "prior") return { s, c: epsilon };
  const { mean, logVar } = await studio.codesOf(studio.stream("seedImage").integers(seed, 1, studio.vaeData.size));
  return { s, c: studio.code === "mean" ? mean : mean.map((value, i) => value + Math.exp((logVar[i] ?? 0) / 2) * (epsilon[i] ?? 0)) };
}

/** Codes with the latents that are held set to their values. */
export function withHeld(c: Float32Array, latentDim: number, settings: readonly CodeSetting[]): Float32Array {
  const changed = c.slice();
  for (const { latent, from } of settings) {
    for (let at = latent; at < changed.length; at += latentDim) changed[at] = from;
  }
  return changed;
}

/** Row `index` of rows of `width` numbers. */
export function rowOf(values: Float32Array, width: number, index: number): Float32Array {
  return values.subarray(index * width, (index + 1) * width);
}

/** The straight line from a to b. */
export function lerp(a: Float32Array, b: Float32Array, share: number): Float32Array {
  return a.map((value, i) => value + share * ((b[i] ?? 0) - value));
}

/** The arc from a to b: between two normal draws of many numbers it keeps their length, where the straight line passes near 0. */
export function slerp(a: Float32Array, b: Float32Array, share: number): Float32Array {
  const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, i) => sum + value * (y[i] ?? 0), 0);
  const cosine = dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine)));
  // Along one line, or of no length, there is no arc.
  if (!(Math.sin(angle) > 1e-6)) return lerp(a, b, share);
  const [left, right] = [Math.sin((1 - share) * angle) / Math.sin(angle), Math.sin(share * angle) / Math.sin(angle)];
  return a.map((value, i) => left * value + right * (b[i] ?? 0));
}
