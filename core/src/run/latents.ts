import type { Codes } from "../contract/subject.js";

/** One latent as a traversal shows it. */
export interface Latent {
  readonly index: number;
  /** Mean over images of KL(q(c_i|x) || N(0, 1)), in nats: near 0 for a latent that carries nothing. */
  readonly kl: number;
}

/** The latents by falling KL, from the posteriors of many images. */
export function rankLatents({ mean, logVar }: Codes, latentDim: number): readonly Latent[] {
  const sums = new Float64Array(latentDim);
  for (let i = 0; i < mean.length; i += 1) {
    const m = mean[i]!;
    const v = logVar[i]!;
    sums[i % latentDim]! += 0.5 * (m * m + Math.exp(v) - 1 - v); // KL(N(m, e^v) || N(0, 1))
  }
  const images = mean.length / latentDim;
  return [...sums].map((sum, index) => ({ index, kl: sum / images })).sort((a, b) => b.kl - a.kl);
}

/** `columns` values from -range to range. */
export function traversalValues(range: number, columns: number): number[] {
  return Array.from({ length: columns }, (_, i) => (columns === 1 ? 0 : -range + (2 * range * i) / (columns - 1)));
}

/** Codes `[latents.length * values.length, latentDim]`: row by row, `code` with one latent replaced by each value. */
export function traverseCodes(code: Float32Array, latents: readonly Latent[], values: readonly number[]): Float32Array {
  const rows = latents.flatMap(({ index }) => values.map((value) => code.with(index, value)));
  return concatenate(rows);
}

/** `row` `times` over. */
export function repeatRow(row: Float32Array, times: number): Float32Array {
  return concatenate(Array.from({ length: times }, () => row));
}

/** Arrays laid end to end. */
export function concatenate(parts: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
